"""The real Web SDK, fetched by npm once and kept outside the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest

NAME, VERSION = "@dintero/checkout-web-sdk", "0.8.30"
UMD = "package/dist/dintero-checkout-web-sdk.umd.min.js"


def umd_file() -> Path:
    """The SDK for a script tag. Skips the test where npm cannot be reached."""
    kept = Path(tempfile.gettempdir()) / f"mock-dintero-web-sdk-{VERSION}.umd.min.js"
    if kept.exists():
        return kept
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not there to fetch the Web SDK")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packed = subprocess.run(
            [npm, "pack", "--silent", f"{NAME}@{VERSION}"],
            cwd=folder, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if packed.returncode != 0:
            pytest.skip(f"npm cannot fetch {NAME}@{VERSION}: {packed.stderr.strip()[-300:]}")
        with tarfile.open(next(folder.glob("*.tgz"))) as package:
            package.extract(UMD, folder, filter="data")
        mine = kept.with_suffix(f".{os.getpid()}")
        shutil.copyfile(folder / UMD, mine)
        mine.replace(kept)  # at once, as other workers look for it too
    return kept
