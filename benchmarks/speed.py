"""What happens inside Odoo: billing hours, and writing them down."""

from __future__ import annotations

from pathlib import Path

from benchmarks.report import Row
from devtools import databases, odoo
from devtools.workshop import Workshop

SCRIPT = Path(__file__).with_name("inside.py")
CUSTOMERS = 50
HOURS = 10_000
LINES = 200
ROUNDS = 6
TURNS = 6
SECONDS = 1_800


def _run(shop: Workshop, template: str, step: str, **numbers: int):
    arguments = [f"{name}={number}" for name, number in numbers.items()]
    with databases.fresh(shop.server, template, "bench") as name:
        return odoo.run_script(
            SCRIPT, shop.source, shop.server, name, step, *arguments, seconds=SECONDS
        )


def hours_to_invoices(shop: Workshop, quick: bool) -> list[Row]:
    """10,000 hours to 50 queued invoices, against sale_timesheet's invoicing and plain SQL."""
    size = {"hours": HOURS // 10 if quick else HOURS, "customers": 5 if quick else CUSTOMERS}
    alone = shop.base_template(databases.BESIDE_SALES).name
    steps = (shop.addon_template().name, "queue_in_exact"), (alone, "invoice_in_odoo")
    # By turns, twice: what else the machine does hits both.
    turns = [[_run(shop, *step, **size) for step in steps] for _turn in range(1 if quick else 2)]
    ours, theirs = (min(one, key=lambda run: run["seconds"]) for one in zip(*turns, strict=True))
    twice = _run(
        shop, shop.addon_template().name, "queue_in_exact", **{**size, "hours": 2 * size["hours"]}
    )
    more = (twice["queries"] - ours["queries"]) / size["hours"] * 1_000
    words = f"{size['hours']:,} hours to {size['customers']} queued invoices"
    return [
        Row(words, ours["seconds"], "s", theirs["seconds"], "<= 0.2"),
        Row(f"{words}, against plain SQL", ours["seconds"], "s", ours["sql"], None),
        Row("queries for 1,000 hours more", more, "queries", None, "<= 1"),
    ]


def timesheets(shop: Workshop, quick: bool) -> list[Row]:
    """Creating and editing timesheets with the add-on, against without it."""
    size = {"lines": LINES // 4 if quick else LINES, "rounds": 3 if quick else ROUNDS}
    alone, beside = shop.base_template().name, shop.addon_template().name
    # By many short turns: what else the machine does hits both, and each has its quiet moment.
    runs = [
        [_run(shop, template, "timesheets", **size) for template in (alone, beside)]
        for _turn in range(2 if quick else TURNS)
    ]
    rows = []
    for name in runs[0][0]:
        without, with_us = (min(run[side][name][0] for run in runs) for side in (0, 1))
        per_line = 1_000 / size["lines"]
        rows.append(
            Row(f"timesheets: {name}", with_us * per_line, "ms", without * per_line, "<= 1.05")
        )
    extra = max(
        (with_us[name][1] - without[name][1]) / size["lines"]
        for without, with_us in runs
        for name in without
    )
    return [*rows, Row("timesheets: extra queries per line", extra, "queries", None, "<= 0.05")]
