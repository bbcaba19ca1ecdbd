"""Payment lint: how often a client asks for a token."""

from __future__ import annotations

from mock_dintero.core.lint import Lint, found

MOST_TOKENS, FEWEST_CALLS = 5, 3
"""More tokens than this in a minute, with fewer calls for each, is a token for every call. Ours."""


def of_tokens(tokens: int, calls: int) -> tuple[Lint, ...]:
    """What the last minute says. The newest token has had no time for calls; one is good for four hours."""
    if tokens <= MOST_TOKENS or calls >= FEWEST_CALLS * (tokens - 1):
        return ()
    return (found(
        "TOKEN_PER_CALL",
        f"{tokens} tokens and {calls} calls within a minute; keep a token for the seconds in expires_in",
        is_refused=False,
    ),)  # fmt: skip
