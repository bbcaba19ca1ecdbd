"""Dintero's rules as pure functions on frozen records; no I/O, no clock, no dice."""
