"""What real merchants' plugins send, step by step, from the files beside this one."""

from __future__ import annotations

import json
import tomllib
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sandbox import ACCOUNT, Merchant

HERE = Path(__file__).parent
START = {"account": ACCOUNT, "client_id": "mock-client-id", "client_secret": "mock-client-secret"}


def filled(value: Any, known: dict[str, str]) -> Any:
    """`{name}` replaced everywhere inside."""
    if isinstance(value, dict):
        return {name: filled(inner, known) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, known) for inner in value]
    if isinstance(value, str):
        for name, told in known.items():
            value = value.replace(f"{{{name}}}", told)
    return value


def found(value: Any, path: str) -> Any:
    """What a dotted path leads to; whole numbers step into lists, a key may have dots of its own."""
    if not path:
        return value
    if isinstance(value, list):
        head, _, rest = path.partition(".")
        return found(value[int(head)], rest)
    for name in sorted(value, key=len, reverse=True):
        if path == name or path.startswith(f"{name}."):
            return found(value[name], path[len(name) + 1 :])
    raise KeyError(path)


def captured(answer: Any, path: str) -> str:
    """`path|last` is the last step of a URL."""
    path, _, how = path.partition("|")
    value = str(found(answer, path))
    return value.rpartition("/")[2] if how == "last" else value


def send(merchant: Merchant, step: dict[str, Any], known: dict[str, str]) -> Any:
    headers = dict(step.get("headers", {}))
    if "basic" in step:
        pair = ":".join(step["basic"]).encode()
        headers["authorization"] = f"Basic {b64encode(pair).decode()}"
    elif step.get("as", "shop") == "shop":
        headers["authorization"] = f"Bearer {known['token']}"
    content = step.get("raw")
    if "form" in step:
        content = step["form"]
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
    elif "body" in step:
        content = json.dumps(step["body"])
        headers.setdefault("content-type", "application/json")
    return merchant.client.request(step["method"], step["path"], content=content, headers=headers)


@pytest.mark.parametrize("client", ["woocommerce", "magento", "others"])
def test_a_plugin_is_answered_as_it_expects(merchant: Merchant, client: str) -> None:
    script = tomllib.loads((HERE / f"{client}.toml").read_text(encoding="utf-8"))
    known = dict(START)
    for raw in script["step"]:
        step = filled(raw, known)
        answer = send(merchant, step, known)
        where = f"{client}: {step['name']}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code == step.get("status", 200), where
        if "location" in step:
            assert answer.headers["location"] == step["location"], where
        for path, wanted in step.get("expect", {}).items():
            assert found(answer.json(), path) == wanted, f"{path} of {where}"
        for name in step.get("absent", ()):
            assert name not in answer.json(), where
        for name, path in step.get("capture", {}).items():
            known[name] = captured(answer.json(), path)
    merchant.advance(60)
    told = [one for one in merchant.shop.asked if one.at == "payment_callback"]
    wanted_callbacks = [filled(raw, known) for raw in script["callback"]]
    assert len(told) == len(wanted_callbacks)
    # captures are told at once, the payment itself only after its delay
    told.sort(key=lambda one: one.event_id or "")
    for one, wanted in zip(told, wanted_callbacks, strict=True):
        query = dict(parse_qsl(urlsplit(one.url).query))
        assert one.method == wanted["method"]
        assert query.items() >= wanted["query"].items()
        assert not set(wanted.get("absent", ())) & set(query)
        for path, value in wanted.get("body", {}).items():
            assert found(json.loads(one.body or ""), path) == value
