"""Splits: which part of a line belongs to which seller of a marketplace."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from mock_dintero.core.record import Amount, Part


class Split(Part):
    """One seller's part. Its form is checked; whether there is such a seller is not (transactions.md 16)."""

    payout_destination_id: Annotated[str, StringConstraints(min_length=1)]
    amount: Amount


Splits = tuple[Split, ...]
