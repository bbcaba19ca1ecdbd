"""What mock-dintero costs, next to a bare Starlette app in the same run: `python -m benchmarks`."""
