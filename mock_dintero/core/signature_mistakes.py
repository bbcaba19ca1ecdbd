"""The usual mistakes in signing and checking a `Dintero-Signature`, made on purpose.

A digest tells nothing about what was signed. So mistakes are made, one and two at a time, until one
of them leads to the same digest.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterator
from itertools import combinations, product
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from mock_dintero.core.account import DEFAULT_ID, DEFAULT_SIGNATURE_SECRET
from mock_dintero.core.signature import as_sent, form_encoded, payload

LONGEST_QUERY = 20
"""Parameters; of a longer query no single one is left out."""
Ways = list[tuple[str, str]]
"""What a part of the signed text may have been: the mistake in words, and the part."""


def mistakes_behind(
    digest: bytes, secret: str, timestamp: int, account_id: str, method: str, url: str
) -> tuple[str, ...]:
    """The fewest mistakes, two at most, that lead to this digest."""
    _, _, method_, host, path, query = payload(timestamp, account_id, method, url).split("\n")
    ways: list[Ways] = [
        [("", str(timestamp)), ("the time in milliseconds", f"{timestamp}000")],
        [("", account_id), *_accounts(account_id)],
        [("", method_), *_methods(method_)],
        [("", host), *_hosts(url, host)],
        [("", path), *_paths(url, path)],
        [("", query), *_queries(url, query)],
    ]
    keys = [("", secret.encode()), *_keys(secret)]
    for most in (1, 2):
        for words, parts in _texts(ways, most):
            for text_words, text in (("", "\n".join(parts)), *_joined(parts, url)):
                for key_words, key in keys:
                    found = tuple(filter(None, (*words, text_words, key_words)))
                    if len(found) == most and digest_of(key, text) == digest:
                        return found
    return ()


def _texts(ways: list[Ways], most: int) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The six parts with up to so many mistakes in them."""
    right = [options[0][1] for options in ways]
    yield (), tuple(right)
    for count in range(1, most + 1):
        for places in combinations(range(len(ways)), count):
            for chosen in product(*(ways[place][1:] for place in places)):
                parts = list(right)
                for place, (_, part) in zip(places, chosen, strict=True):
                    parts[place] = part
                yield tuple(words for words, _ in chosen), tuple(parts)


def _accounts(account_id: str) -> Iterator[tuple[str, str]]:
    swapped = {"T": "P", "P": "T"}.get(account_id[:1], "") + account_id[1:]
    yield f"the account {swapped}", swapped
    yield f"the account {DEFAULT_ID}", DEFAULT_ID
    yield "the account id without its letter", account_id[1:]
    yield "an empty account id", ""


def _methods(method: str) -> Iterator[tuple[str, str]]:
    for other in ("GET", "POST", "PUT", "HEAD", "PATCH", "DELETE"):
        if other != method:
            yield f"the method {other}", other
    yield "the method in lower case", method.lower()


def _hosts(url: str, host: str) -> Iterator[tuple[str, str]]:
    parts = urlsplit(as_sent(url))
    written = parts.netloc.rpartition("@")[2]
    for scheme in ("http", "https"):
        yield f"the host with {scheme}://", f"{scheme}://{host}"
        yield f"the host with {scheme}:// and its port", f"{scheme}://{written}"
    yield "the host with its port", written
    yield "the host with its port", f"{host}:{443 if parts.scheme == 'https' else 80}"
    yield "the host as it is written, not in lower case", written.partition(":")[0]
    for other in ("localhost", "127.0.0.1", "host.docker.internal", "[::1]"):
        if other != host:
            yield f"the host {other}", other
    yield (
        "the host with or without www.",
        host.removeprefix("www.") if host.startswith("www.") else f"www.{host}",
    )
    yield "an empty host", ""


def _paths(url: str, path: str) -> Iterator[tuple[str, str]]:
    slash = "without its trailing slash" if path.endswith("/") else "with a trailing slash"
    yield f"the path {slash}", path.rstrip("/") if path.endswith("/") else f"{path}/"
    yield "the path percent-decoded", unquote(path)
    yield "the path percent-encoded once more", quote(path, safe="/")
    yield "the path decoded and encoded anew", quote(unquote(path), safe="/")
    yield "the path without its leading slash", path.removeprefix("/")
    steps = path.strip("/").split("/")
    for dropped in range(1, len(steps)):
        yield f"the path without /{'/'.join(steps[:dropped])}", "/" + "/".join(steps[dropped:])
    raw = urlsplit(as_sent(url)).query
    if raw:
        yield "the path with the query behind it", f"{path}?{raw}"


def _queries(url: str, query: str) -> Iterator[tuple[str, str]]:
    raw = urlsplit(as_sent(url)).query
    pairs = parse_qsl(raw, keep_blank_values=True)
    ordered = parse_qsl(query, keep_blank_values=True)
    if not raw:
        return
    yield "no query", ""
    yield "the query as it was sent, not sorted", raw
    yield "the query with a ? before it", f"?{query}"
    yield (
        "the query sorted, its values decoded",
        "&".join(f"{name}={value}" for name, value in ordered),
    )
    yield "the query decoded, not sorted", unquote(raw)
    yield "the query sorted as it was sent, not encoded anew", "&".join(sorted(raw.split("&")))
    yield "the query with spaces as %20", _encoded(ordered, lambda text: quote(text, safe=""))
    yield (
        "the query encoded as JavaScript's encodeURIComponent does",
        _encoded(ordered, lambda text: quote(text, safe="!'()*-._~")),
    )
    yield "the query encoded as Python's quote_plus does", _encoded(ordered, quote_plus)
    yield "the query encoded once more", quote(query, safe="=&")
    yield "the query sorted by name and value", "&".join(sorted(query.split("&")))
    yield "the query encoded, but not sorted", _encoded(pairs, form_encoded)
    yield (
        "the query without empty values",
        _encoded([pair for pair in ordered if pair[1]], form_encoded),
    )
    if len(ordered) <= LONGEST_QUERY:
        for name in dict(ordered):
            kept = [pair for pair in ordered if pair[0] != name]
            yield f"the query without {name}", _encoded(kept, form_encoded)


def _encoded(pairs: list[tuple[str, str]], encode: Callable[[str], str]) -> str:
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)


def _joined(parts: tuple[str, ...], url: str) -> Iterator[tuple[str, str]]:
    """The parts, put together in another way."""
    time, account_id, method, *_, query = parts
    yield "a line break at the end", "\n".join(parts) + "\n"
    yield "lines that end with CR LF", "\r\n".join(parts)
    yield "the two characters \\n between the parts", "\\n".join(parts)
    yield "nothing between the parts", "".join(parts)
    yield "dots between the parts", ".".join(parts)
    yield "no line for the account id", "\n".join((time, *parts[2:]))
    yield "no line for the time", "\n".join(parts[1:])
    yield "time and account id in the wrong order", "\n".join((account_id, time, *parts[2:]))
    yield (
        "the whole URL in place of host, path and query",
        "\n".join((time, account_id, method, as_sent(url))),
    )
    if not query:
        yield "no last line, where there is no query", "\n".join(parts[:5])


def _keys(secret: str) -> Iterator[tuple[str, bytes]]:
    """The secret, read in another way, or another one."""
    stripped = secret.strip()
    if stripped != secret:
        yield "the secret without the blanks around it", stripped.encode()
    yield "the secret with a line break at its end", f"{stripped}\n".encode()
    for word, read in (
        ("hex", bytes.fromhex),
        ("base64", base64.b64decode),
        ("base64url", base64.urlsafe_b64decode),
    ):
        try:
            yield f"the secret read as {word}", read(stripped)
        except (ValueError, binascii.Error):
            continue
    yield "the secret in base64", base64.b64encode(secret.encode())
    if secret != DEFAULT_SIGNATURE_SECRET:
        yield f"the sandbox's secret {DEFAULT_SIGNATURE_SECRET}", DEFAULT_SIGNATURE_SECRET.encode()
    yield "an empty secret", b""


def digest_of(key: bytes, text: str) -> bytes:
    """HMAC-SHA256."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").digest()
