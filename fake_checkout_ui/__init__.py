"""The fake checkout page: what a buyer sees, made of Jinja templates and plain forms."""
