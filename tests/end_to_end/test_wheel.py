"""The built wheel: it holds what it needs and nothing of ours that is not for users, and it works."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_plays_the_demo_and_verifies_a_shop_without_this_checkout(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)],
        check=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    tops = {name.split("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"mock_dintero", "fake_checkout_ui"}
    assert {
        "mock_dintero/contract_tests/sample_shop.py",
        "mock_dintero/contract_tests/merchant.toml",
        "mock_dintero/contract_tests/promises/once.py",
        "mock_dintero/verify/merchant.example.toml",
        "mock_dintero/verify/templates/report.html",
        "mock_dintero/scenarios/callback_lost.toml",
        "mock_dintero/py.typed",
        "fake_checkout_ui/templates/checkout.html",
        "fake_checkout_ui/static/checkout.css",
        "mock_dintero/inspector/static/inspector.css",
    } <= set(names)

    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "mock_dintero", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    demo = run("demo", "--once")
    assert "order-1001 is captured" in demo.stdout
    merchant = tmp_path / "site" / "mock_dintero" / "contract_tests" / "merchant.toml"
    page = tmp_path / "verify.html"
    verify = run("verify", str(merchant), "--only", "callback-twice", "--html", str(page))
    assert "Fjordvik: 1 of 1 promises kept" in verify.stdout
    assert "All promises are kept" in page.read_text(encoding="utf-8")
