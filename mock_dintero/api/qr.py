"""A session's page as a QR code, for the till."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mock_dintero.core import qr
from mock_dintero.http.answers import as_json
from mock_dintero.http.bearer import caller
from mock_dintero.http.context import sandbox_of
from mock_dintero.http.reading import read
from mock_dintero.use_cases import merchant_sessions


async def draw(request: Request) -> Response:
    """`POST /v1/sessions/{sid}/qr`; without a body the picture has 300 pixels."""
    import segno

    who = caller(request)
    options = await read(request, qr.QrOptions, may_be_empty=True)
    sandbox = sandbox_of(request)
    session = merchant_sessions.read(sandbox, who.account_id, request.path_params["sid"])
    url = f"{sandbox.settings.public_url}/v1/view/{session.id}"
    squares = segno.make(url, error="m", micro=False).matrix
    return as_json({"qr": qr.as_data(qr.png(squares, options.size))})
