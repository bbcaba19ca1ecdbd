"""Verify a shop: start it beside a sandbox, buy from it, and judge which promises it keeps.

The promises themselves are in the folder contract_tests; here is what they are judged with.
"""

from __future__ import annotations

from mock_dintero.verify.answers import answer_in_words, listed
from mock_dintero.verify.merchant import Merchant
from mock_dintero.verify.merchant_file import MerchantFileWrong, read_merchant
from mock_dintero.verify.promise import Broken, Promise, expect, promise
from mock_dintero.verify.purchase import PAID, UNPAID, Purchase
from mock_dintero.verify.secrets import secret_in, shown
from mock_dintero.verify.shop import Order, Shop
from mock_dintero.verify.sums import goods_of, money, shipping_of

__all__ = [
    "PAID",
    "UNPAID",
    "Broken",
    "Merchant",
    "MerchantFileWrong",
    "Order",
    "Promise",
    "Purchase",
    "Shop",
    "answer_in_words",
    "expect",
    "goods_of",
    "listed",
    "money",
    "promise",
    "read_merchant",
    "secret_in",
    "shipping_of",
    "shown",
]
