"""./dev bench: measures, prints a table, and is 1 when a target is missed."""

from __future__ import annotations

from pathlib import Path

from benchmarks import office, report, speed
from devtools import console, services
from devtools.workshop import Workshop

# In the order of the table in the house's plan, the quickest first.
PARTS = {
    "hours": speed.hours_to_invoices,
    "timesheets": speed.timesheets,
    "calls": office.calls_per_invoice,
    "minute": office.full_minutes,
    "administrations": office.many_administrations,
}


def main(chosen: list[str], quick: bool, json: str | None) -> int:
    """Measure and print; return 0 when every target is met.

    :param chosen: names of PARTS; none means all.
    :param quick: a tenth of the work.
    :param json: a file for the rows.
    """
    rows: list[report.Row] = []
    whole = True
    with services.workshop() as shop:
        for name in chosen or PARTS:
            try:
                rows += _measure(name, shop, quick)
            except console.Problem as problem:
                # What the others measured is worth its time.
                console.say(f"{name} could not be measured: {problem}")
                whole = False
    print(report.table(rows), flush=True)
    if json:
        report.write(rows, Path(json))
    return 0 if whole and all(row.met for row in rows) else 1


def _measure(name: str, shop: Workshop, quick: bool) -> list[report.Row]:
    with console.Progress(f"Measuring {name}"):
        return PARTS[name](shop, quick)
