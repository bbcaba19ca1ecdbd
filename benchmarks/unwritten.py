"""The sandbox without its journal, to see what the journal costs."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from mock_dintero.config import Config
from mock_dintero.server import Server


def main(port_file: str) -> None:
    """Serve on a free port until a signal comes, as `mock-dintero start` does."""
    server = Server(Config(port=0), keeps_journal=False)

    def ready() -> None:
        gc.freeze()
        gc.set_threshold(10_000)
        Path(port_file).write_text(f"{server.port}\n", encoding="utf-8")

    server.run(ready)


if __name__ == "__main__":
    main(sys.argv[1])
