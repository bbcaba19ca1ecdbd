"""Fixtures for a merchant's tests; nothing heavy is imported until one of them is used."""

from __future__ import annotations
