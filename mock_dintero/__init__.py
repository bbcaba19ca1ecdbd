"""A local sandbox of Dintero Checkout Express."""

__version__ = "0.1.0"

__all__ = ["__version__"]
