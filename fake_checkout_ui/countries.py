"""The countries an address may be in, by their names in the customer's language."""

from __future__ import annotations

from functools import lru_cache

from fake_checkout_ui.language import code
from mock_dintero.core.session import Countries

NORDIC = ("NO", "SE", "DK", "FI", "IS", "FO", "GL", "AX", "SJ")
OTHERS = (
    "AT", "BE", "BG", "HR", "CY", "CZ", "EE", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LI", "LT",
    "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "CH", "GB", "US", "CA", "AU", "JP",
)  # fmt: skip


def choices(settings: Countries | None) -> tuple[tuple[str, str], ...]:
    """Code and name of the countries on offer: the allowed ones or all, less the denied, preferred first."""
    allowed = (settings.allow_countries if settings else None) or (*NORDIC, *OTHERS)
    denied = (settings.deny_countries if settings else None) or ()
    codes = [one for one in allowed if one not in denied]
    preferred = settings.preferred_country if settings else None
    codes.sort(key=lambda one: one != preferred)
    return tuple((one, name(one)) for one in codes)


def name(country: str) -> str:
    """A country's name in the language of the request; its code where nobody knows a name."""
    return _names(code()).get(country, country)


@lru_cache
def _names(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).territories)
