"""A shop on an origin of its own that embeds the checkout with the real Web SDK."""
