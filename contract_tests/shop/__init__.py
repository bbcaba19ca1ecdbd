"""A small web shop that sells three things through Dintero Checkout Express, and does it right.

It knows Dintero only through its settings, so it runs against a sandbox and against Dintero itself.
What a merchant owes Dintero, and the buyer, stands in one small function for each duty: see
`signature` (is it Dintero who calls?), `shipping` and `catalogue` (what do we answer?), `payments`
(does the payment fit, and what is new in it?) and `orders.Shop.hear` (never believe, read).
"""
