"""The countries an address may be in, by their names."""

from __future__ import annotations

from mock_dintero.core.session import Countries

NAMES = {
    "NO": "Norway", "SE": "Sweden", "DK": "Denmark", "FI": "Finland", "IS": "Iceland",
    "FO": "Faroe Islands", "GL": "Greenland", "AX": "Åland", "SJ": "Svalbard and Jan Mayen",
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "HR": "Croatia", "CY": "Cyprus",
    "CZ": "Czechia", "EE": "Estonia", "FR": "France", "DE": "Germany", "GR": "Greece",
    "HU": "Hungary", "IE": "Ireland", "IT": "Italy", "LV": "Latvia", "LI": "Liechtenstein",
    "LT": "Lithuania", "LU": "Luxembourg", "MT": "Malta", "NL": "Netherlands", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SK": "Slovakia", "SI": "Slovenia", "ES": "Spain",
    "CH": "Switzerland", "GB": "United Kingdom", "US": "United States", "CA": "Canada",
    "AU": "Australia", "JP": "Japan",
}  # fmt: skip


def choices(settings: Countries | None) -> tuple[tuple[str, str], ...]:
    """Code and name of the countries on offer: the allowed ones or all, less the denied, preferred first."""
    allowed = (settings.allow_countries if settings else None) or tuple(NAMES)
    denied = (settings.deny_countries if settings else None) or ()
    codes = [code for code in allowed if code not in denied]
    preferred = settings.preferred_country if settings else None
    codes.sort(key=lambda code: code != preferred)
    return tuple((code, NAMES.get(code, code)) for code in codes)
