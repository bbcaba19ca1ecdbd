"""Mistakes that make one payment count twice."""

from shop import orders, payments
from shop.bugs import bug, replace


@bug(
    "confirms-every-time", breaks=("callback-twice",),
    seen="https://github.com/medusajs/medusa/issues/13301",
)  # fmt: skip
def confirms_every_time() -> None:
    """Sends a confirmation whenever it hears that the order is paid, not only the first time."""
    replace(orders, "is_newly_paid", lambda before, after: after.status in payments.PAID)
