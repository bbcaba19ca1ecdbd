"""The confirmations that buyers were sent."""

from collections import Counter

from shop.order import Order


class Letters:
    """What has left the house. An order can be read again and overwritten, a letter cannot be undone."""

    def __init__(self) -> None:
        self._sent: Counter[str] = Counter()

    def confirm(self, order: Order) -> None:
        """Tell the buyer that the order is paid and will be sent."""
        self._sent[order.reference] += 1

    def confirmations(self, reference: str) -> int:
        """How many confirmations of this order were sent."""
        return self._sent[reference]
