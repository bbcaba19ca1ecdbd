"""An order is confirmed once, in whatever order and however often the shop hears of its payment."""

from mock_dintero.verify import Shop, expect, promise

CHECKLIST = "https://docs.dintero.com/docs/checkout/integration-checklist"


@promise(
    "callback-twice", "Once and only once", "must", needs=("confirmations",),
    why="Dintero calls at least once: the same callback can come again, and a customer must not get "
    "two parcels for one payment.",
    mend="Make the step to `paid` conditional on the order not being paid yet, in one transaction of "
    "your database, and let only that step send the confirmation.",
    source=CHECKLIST,
)  # fmt: skip
def callback_twice(shop: Shop) -> None:
    """An order is confirmed once when the callback comes twice."""
    shop.fault("payment_callback", "duplicate")
    purchase = shop.buy(returns=False)
    purchase.becomes("paid")
    order = purchase.stays("paid")
    expect(
        order.confirmations == 1,
        f"the callback came twice, and the shop confirmed the order {order.confirmations} times",
    )
