"""Dintero's own URLs: one line each in routes.py, then a file a resource."""
