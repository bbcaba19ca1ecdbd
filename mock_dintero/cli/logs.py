"""What a sandbox says while it runs: lines for people, or a JSON object a line."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

from mock_dintero.core.timestamps import stamp

FIELDS = {
    "    [%d] %s %s  %.1f ms": ("status", "method", "path", "duration"),
    "--> %s %s %s": ("callback", "method", "url"),
    "<-- [%s] %s %s": ("outcome", "method", "url"),
}
"""The names of what stands in a line of traffic."""


class JsonLines(logging.Formatter):
    """One object a record: when, how grave, what it says, and the parts of a line of traffic."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = stamp(datetime.fromtimestamp(record.created, UTC))
        line: dict[str, object] = {
            "at": at, "level": record.levelname.lower(), "logger": record.name,
            "message": record.getMessage().strip(),
        }  # fmt: skip
        names: tuple[str, ...] = FIELDS.get(str(record.msg), ())
        if isinstance(record.args, tuple):
            line |= dict(zip(names, record.args, strict=False))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def listen(log_format: str, *, with_traffic: bool) -> None:
    """Write warnings to stderr, and a line for every request and callback if that is wanted."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if log_format == "json" else logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S")
    )  # fmt: skip
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if with_traffic:
        logging.getLogger("mock_dintero.traffic").setLevel(logging.INFO)
