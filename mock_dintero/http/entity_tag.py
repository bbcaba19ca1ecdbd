"""JSON answers with a weak ETag, as Dintero's have; who has the same already gets 304."""

from __future__ import annotations

from base64 import b64encode
from hashlib import blake2b

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Tagged(Response):
    """Under `/v1` it carries the tag; the tester's own answers do without.

    Source: example in the errors guide, `W/"3d-..."`, whose number is the length in hex.
    """

    media_type = "application/json; charset=utf-8"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with nothing but the tag if the client has the rest."""
        if scope["path"].startswith(("/v1/", "/v2/")):
            tag = entity_tag(bytes(self.body))
            self.raw_headers.append((b"etag", tag))
            if self.status_code == 200 and scope["method"] in ("GET", "HEAD") and _has(scope, tag):
                self.status_code, self.body = 304, b""
                self.raw_headers = [
                    (name, value)
                    for name, value in self.raw_headers
                    if name not in (b"content-length", b"content-type")
                ]
        await super().__call__(scope, receive, send)


def entity_tag(body: bytes) -> bytes:
    """Length and hash, in the shape of a Node server's."""
    return b'W/"%x-%s"' % (len(body), b64encode(blake2b(body, digest_size=20).digest())[:27])


def _has(scope: Scope, tag: bytes) -> bool:
    """Whether `If-None-Match` names the tag; strong or weak is all the same here (RFC 9110, 13.1.2)."""
    named = Headers(scope=scope).get("if-none-match", "")
    wanted = {one.strip().removeprefix("W/") for one in named.split(",")}
    return bool(named) and not wanted.isdisjoint(("*", tag.decode().removeprefix("W/")))
