"""A figure of the table: ours, the bare app's in the same run, and how they compare."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One row. `ratio` is ours / yardstick; without a yardstick there is none."""

    name: str
    ours: float
    unit: str
    yardstick: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours / yardstick."""
        return self.ours / self.yardstick if self.yardstick else None

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "name": self.name, "ours": self.ours, "unit": self.unit,
            "yardstick": self.yardstick, "against": self.against, "ratio": self.ratio,
        }  # fmt: skip


def table(figures: list[Figure]) -> str:
    """All rows, aligned; a Markdown table."""
    rows = [("measure", "ratio", "mock-dintero", "yardstick", "yardstick is")]
    rows += [
        (figure.name, _number(figure.ratio), f"{_number(figure.ours)} {figure.unit}",
         f"{_number(figure.yardstick)} {figure.unit}" if figure.yardstick else "", figure.against)
        for figure in figures
    ]  # fmt: skip
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
