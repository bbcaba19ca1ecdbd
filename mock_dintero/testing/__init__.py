"""A sandbox account in the hands of a test: the merchant's calls, a buyer, and the tester's door."""

from __future__ import annotations

from mock_dintero.testing.account import MockDintero
from mock_dintero.testing.buyer import Buyer
from mock_dintero.testing.door import Json, SandboxSaidNo, WaitedInVain
from mock_dintero.testing.examples import ADDRESS, VIPPS
from mock_dintero.testing.scenario import ScenarioFailed

__all__ = [
    "ADDRESS",
    "VIPPS",
    "Buyer",
    "Json",
    "MockDintero",
    "SandboxSaidNo",
    "ScenarioFailed",
    "WaitedInVain",
]
