"""A timeline as a page of its own: one file, no script, nothing from elsewhere; fit to be kept by a CI."""

from __future__ import annotations

import json
import re
from pathlib import Path

from starlette.responses import HTMLResponse

from mock_dintero.core.ids import CHECKOUT_ID
from mock_dintero.core.session import Session, cause_of_end
from mock_dintero.core.transaction import Transaction
from mock_dintero.http.pages import HEADERS, SHARED, environment
from mock_dintero.http.timeline import Leg
from mock_dintero.ports import Sandbox

STYLE = Path(__file__).parent / "static" / "legs.css"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def timeline_page(sandbox: Sandbox, session: Session, legs: list[Leg]) -> HTMLResponse:
    """The legs as a sequence diagram; each can be unfolded."""
    from markupsafe import Markup

    html = environment(SHARED).get_template("timeline.html").render(
        session=session,
        state=state_of(sandbox, session),
        legs=legs,
        style=Markup(STYLE.read_text(encoding="utf-8")),  # noqa: S704 - our own file
        pretty=pretty,
        short=short,
    )  # fmt: skip
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", session.order.merchant_reference or session.id)[:80]
    headers = {
        **HEADERS,
        "content-security-policy": POLICY,
        "content-disposition": f'inline; filename="timeline-{name}.html"',
    }
    return HTMLResponse(html, headers=headers)


def state_of(sandbox: Sandbox, session: Session) -> str:
    """Its payment's status; before there is one: OPEN, or why it ended."""
    if session.transaction_id:
        transaction = sandbox.store.load(Transaction, session.transaction_id)
        if transaction:
            return transaction.status
    return cause_of_end(session, sandbox.clock.now(session.account_id)) or "OPEN"


def short(path: str) -> str:
    """Ids are long and alike; their beginning tells them apart within one session."""
    return CHECKOUT_ID.sub(lambda id: f"{id[0][10:18]}…", path)


def pretty(text: str) -> str:
    """JSON with line breaks; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text
