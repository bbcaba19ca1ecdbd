"""Is there anything in a shop's answer that only its server may know?"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping

import httpx

SECRETS = ("DINTERO_CLIENT_SECRET", "DINTERO_SIGNATURE_SECRET")
TOKEN = re.compile(r"eyJ[\w-]+\.([\w-]+)\.[\w-]*")


def shown(answer: httpx.Response) -> str:
    """All that a customer's browser gets, headers and body, with the escapes of JSON and HTML undone."""
    headers = "\n".join(answer.headers.values())
    return f"{headers}\n{answer.text}".replace("\\/", "/").replace("&amp;", "&")


def secret_in(text: str, environment: Mapping[str, str]) -> str:
    """Which secret of the shop's environment is in a text; '' if none is."""
    for name in SECRETS:
        if environment[name] in text:
            return "the " + name.removeprefix("DINTERO_").lower().replace("_", " ")
    account = environment["DINTERO_ACCOUNT_ID"]
    tokens = map(_claims, TOKEN.findall(text))
    return "an access token" if any(account in claims for claims in tokens) else ""


def _claims(payload: str) -> str:
    """What a JSON Web Token says; '' for what only looks like one."""
    try:
        return json.dumps(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
    except ValueError:
        return ""
