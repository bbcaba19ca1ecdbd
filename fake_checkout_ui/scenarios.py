"""The sandbox's own panel at the foot of the page: play a scenario on this session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from fake_checkout_ui import present_scenario
from fake_checkout_ui.pages import page
from mock_dintero.core.session import Session
from mock_dintero.http.context import sandbox_of
from mock_dintero.scenario_files import scenario
from mock_dintero.use_cases import scenarios


async def play(request: Request, session: Session, fields: dict[str, str]) -> Response:
    """Play it to its end and show what was expected and what was found."""
    story = scenario(fields.get("scenario", ""))
    played = await scenarios.play(sandbox_of(request), story.name, session.id)
    return page("scenario.html", present_scenario.result(story, played))
