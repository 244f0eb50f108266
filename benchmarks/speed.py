"""What happens inside Odoo: billing hours, and writing them down."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.report import Row
from devtools import databases, odoo, paths
from devtools.workshop import Workshop

SCRIPT = Path(__file__).with_name("inside.py")
CUSTOMERS = 50
HOURS = 10_000
LINES = 200
ROUNDS = 20
QUICK_ROUNDS = 2
SECONDS = 1_800


def _run(shop: Workshop, template: str, step: str, extra: dict | None = None, **numbers: int):
    arguments = [f"{name}={number}" for name, number in numbers.items()]
    with databases.fresh(shop.server, template, "bench") as name:
        return odoo.run_script(
            SCRIPT,
            shop.source,
            shop.server,
            name,
            step,
            *arguments,
            extra=extra,
            seconds=SECONDS,
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
    without, with_us = _by_turns(
        shop,
        (shop.base_template().name, shop.addon_template().name),
        "timesheets",
        lines=LINES,
        rounds=QUICK_ROUNDS if quick else ROUNDS,
    )
    rows, extra = [], []
    for name, (ours, queries, size) in with_us.items():
        theirs, fewest, _size = without[name]
        # Of blocks that were measured one after the other, at the same speed of the machine.
        ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
        yardstick = median(theirs) * 1_000 / size
        rows.append(Row(f"timesheets: {name}", yardstick * ratio, "ms", yardstick, "<= 1.05"))
        extra.append((queries - fewest) / size)
    words = "timesheets: extra queries per line"
    return [*rows, Row(words, max(extra), "queries", None, "<= 0.05")]


def _by_turns(shop: Workshop, templates: tuple[str, str], step: str, **numbers: int) -> list:
    """Run a step on two databases side by side; they measure by turns (``inside.Turns``)."""
    with tempfile.NamedTemporaryFile(dir=paths.DEV / "tmp") as turns, ThreadPoolExecutor(2) as pool:
        extra = {"BENCH_TURNS": turns.name}
        runs = [
            pool.submit(_run, shop, template, step, extra, side=side, **numbers)
            for side, template in enumerate(templates)
        ]
        return [run.result() for run in runs]
