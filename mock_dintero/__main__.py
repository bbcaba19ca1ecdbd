"""`python -m mock_dintero`."""

from mock_dintero.cli import main

main()
