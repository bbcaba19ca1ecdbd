"""The languages of the page: which one a customer gets, and our sentences in it.

The sentences stand in English in templates and code; `locales/{code}.po` has them in the other languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request

from mock_dintero.http.pages import TRANSLATE

LOCALES = Path(__file__).parent / "locales"
NAMES = {"nb": "Norsk", "sv": "Svenska", "da": "Dansk", "fi": "Suomi", "en": "English"}
"""Every language by its own name."""
FALLBACK = "en"
_ALIKE = {"no": "nb", "nn": "nb"}

_CODE: ContextVar[str] = ContextVar("language", default=FALLBACK)


def code() -> str:
    """The language of this request."""
    return _CODE.get()


def choose(asked: str, accepted: str) -> str:
    """What was asked for (`nb`, `no`, `nb-NO`, `sv_SE`), else the first that the browser accepts."""
    for one in (asked, *_by_weight(accepted)):
        known = _known(one)
        if known:
            return known
    return FALLBACK


def _by_weight(accepted: str) -> list[str]:
    """The languages of an Accept-Language header, the most wanted first."""
    wanted = []
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), name))
        except ValueError:
            continue
    return [name for weight, name in sorted(wanted, key=lambda one: one[0]) if weight]


def _known(name: str) -> str:
    short = name.replace("_", "-").partition("-")[0].lower()
    short = _ALIKE.get(short, short)
    return short if short in NAMES else ""


def speak(request: Request) -> None:
    """From here on this request's sentences are in the customer's language."""
    wanted = choose(
        request.query_params.get("language", ""), request.headers.get("accept-language", "")
    )
    _CODE.set(wanted)
    catalogue = sentences(wanted)
    TRANSLATE.set(lambda source: catalogue.get(source) or source)


@lru_cache
def sentences(language: str) -> Mapping[str, str]:
    """Our sentences in a language, by the English ones."""
    path = LOCALES / f"{language}.po"
    if language == FALLBACK or not path.exists():
        return {}
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        messages = [(m.id, m.string) for m in read_po(file)]
    return {
        source: said
        for source, said in messages
        if isinstance(source, str) and isinstance(said, str) and source and said
    }


def gettext(source: str, **values: object) -> str:
    """A sentence in this request's language, as plain text, with values filled in."""
    translated = TRANSLATE.get()(source)
    return translated % values if values else translated


def marked(source: str) -> str:
    """Marks a sentence for translation that is translated where it is shown."""
    return source
