"""Payout v2: fund transfers, balances and ledgers of sellers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core.payout import NewFundTransfer, balances, page_of, public, public_entry
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import limit, read
from mock_dintero.use_cases import merchant_payouts


async def transfer(request: Request) -> Response:
    """`POST /v2/accounts/{aid}/payout/fund-transfers`."""
    who = caller(request)
    body = await read(request, NewFundTransfer)
    sandbox = sandbox_of(request)
    made = merchant_payouts.transfer(sandbox, who.account_id, body, who.client_id)
    return as_json({"fund_transfer": public(made)})


async def read_balances(request: Request) -> Response:
    """`GET /v2/accounts/{aid}/payout/payout-destinations/{seller}/balances`."""
    who = caller(request)
    sandbox, seller = sandbox_of(request), request.path_params["seller"]
    left = balances(merchant_payouts.ledger(sandbox, who.account_id, seller))
    config_id = merchant_payouts.config_id(sandbox, who.account_id, seller)
    return as_json({"payout_destination_balances": [
        {
            "account_id": who.account_id, "payout_destination_id": seller,
            "payout_destination_config_id": config_id, "currency": currency, "amount": amount,
        }
        for currency, amount in left.items()
    ]})  # fmt: skip


async def read_transfers(request: Request) -> Response:
    """`GET /v2/accounts/{aid}/payout/payout-destinations/{seller}/transfers`."""
    who = caller(request)
    sandbox, seller = sandbox_of(request), request.path_params["seller"]
    currency = request.query_params.get("currency")
    entries = merchant_payouts.ledger(sandbox, who.account_id, seller)
    fitting = [entry for entry in entries if currency in (None, entry.currency)]
    page = request.query_params.get("page")
    shown, following = page_of(fitting, limit(request, most=1000), page)
    config_id = merchant_payouts.config_id(sandbox, who.account_id, seller)
    return as_json({
        "entries": [public_entry(e, who.account_id, seller, config_id) for e in shown],
        **({"next_page_token": following} if following else {}),
    })  # fmt: skip
