"""How two shop systems use the Web SDK, as data: what they do in which handler.

The acts are in shop.js. WooCommerce locks, updates and refreshes whenever it hears of a session with an
address; Magento once at the start and when an order is out of date. Source: sessions.md 8.4, 13.6, 16.
"""

from __future__ import annotations

WOOCOMMERCE = {
    "onSession": ["updateOnAddress"],
    "onPayment": ["goThere"],
    "onPaymentError": ["destroy"],
    "onSessionCancel": ["destroy", "goThere"],
    "onSessionNotFound": [],
    "onSessionLocked": ["rememberLock", "put"],
    "onSessionLockFailed": [],
    "onActivePaymentType": [],
    "onValidateSession": ["validate"],
}
WOOCOMMERCE_QUERY = {"update_without_lock": "true"}
"""On every update, also while the session is locked."""

MAGENTO = {
    "ready": ["lockAndPut"],
    "onPayment": ["postThere"],
    "onPaymentError": ["destroy"],
    "onSessionLockFailed": [],
    "onValidateSession": ["validateOrUpdate"],
}
OUT_OF_DATE = "The payment was out of date. Refresh the page to try again"
