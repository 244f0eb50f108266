"""Figures of a run: rows with their yardstick, as a table and as JSON."""

from __future__ import annotations

import json
import operator
from dataclasses import asdict, dataclass, field
from pathlib import Path

COMPARE = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}
HEADINGS = ("what", "figure", "yardstick", "ratio", "target", "met")


@dataclass
class Row:
    """One figure.

    :ivar name: what was measured, in words that stay the same from run to run.
    :ivar value: the figure, in *unit*.
    :ivar yardstick: what it is held against, in the same unit; None where the target is absolute.
    :ivar target: ``<= 0.2``: what the ratio, or without a yardstick the value, has to be; None
        where it is only to be known.
    :ivar ratio: value over yardstick.
    :ivar met: whether the target is.
    """

    name: str
    value: float
    unit: str
    yardstick: float | None
    target: str | None
    ratio: float | None = field(init=False)
    met: bool = field(init=False)

    def __post_init__(self) -> None:
        self.ratio = None if self.yardstick is None else self.value / self.yardstick
        if self.target is None:
            self.met = True
            return
        sign, limit = self.target.split()
        held = self.value if self.ratio is None else self.ratio
        self.met = COMPARE[sign](held, float(limit))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 100 else f"{value:,.0f}"


def table(rows: list[Row]) -> str:
    """Return the rows as lines of text with aligned columns."""
    cells = [HEADINGS]
    for row in rows:
        yardstick = "" if row.yardstick is None else f"{_number(row.yardstick)} {row.unit}"
        figure = f"{_number(row.value)} {row.unit}"
        met = ("yes" if row.met else "NO") if row.target else ""
        cells.append((row.name, figure, yardstick, _number(row.ratio), row.target or "", met))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def write(rows: list[Row], path: Path) -> None:
    """Write the rows as a JSON list of objects."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
