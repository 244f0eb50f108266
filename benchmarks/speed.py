"""What happens inside Odoo: billing hours, and writing them down."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.report import Row
from devtools import console, databases, odoo, paths
from devtools.workshop import Workshop

SCRIPT = Path(__file__).with_name("inside.py")
CUSTOMERS = 50
HOURS = 10_000
TURNS = 5
# Rounds of timesheets, and how many there are in one.
ROUNDS, LINES = 20, 200
QUICK_ROUNDS, QUICK_LINES = 4, 50
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
    """10,000 hours to 50 queued invoices, against sale_timesheet's invoicing and plain SQL.

    Each turn makes the hours anew on both sides, and measures one right after the other; the ratio
    is the median of those of the turns. What each invoice and each request costs weighs more in the
    quick form, of a tenth of the hours: it has no target.
    """
    hours, customers = (HOURS // 10, CUSTOMERS // 10) if quick else (HOURS, CUSTOMERS)
    step = (shop.addon_template().name, "queue_in_exact")
    sides = (step, (shop.base_template(databases.BESIDE_SALES).name, "invoice_in_odoo"))
    few = hours // 10
    fewer = _run(shop, *step, hours=few, customers=customers, side=0)
    turns = []
    for _turn in range(1 if quick else TURNS):
        turns.append(_by_turns(shop, sides, hours=hours, customers=customers))
        console.say("{:.3f} s against {:.3f} s".format(*(side["seconds"] for side in turns[-1])))
    ours, theirs = zip(*turns, strict=True)
    seconds = [turn["seconds"] for turn in ours]
    yardstick, ratio = _compare(seconds, [turn["seconds"] for turn in theirs])
    sql, sql_ratio = _compare(seconds, [turn["sql"] for turn in ours])
    more = (ours[0]["queries"] - fewer["queries"]) / (hours - few) * 1_000
    words = f"{hours:,} hours to {customers} queued invoices"
    return [
        Row(words, yardstick * ratio, "s", yardstick, None if quick else "<= 0.2"),
        Row(f"{words}, against plain SQL", sql * sql_ratio, "s", sql, None),
        Row("queries for 1,000 hours more", more, "queries", None, "<= 1"),
    ]


def _compare(ours: list[float], theirs: list[float]) -> tuple[float, float]:
    """Return the yardstick and our ratio to it: the medians of what was measured by turns.

    Each figure of ours is held against the one of theirs that was measured next to it, at the same
    speed of the machine.
    """
    return median(theirs), median(mine / other for mine, other in zip(ours, theirs, strict=True))


def timesheets(shop: Workshop, quick: bool) -> list[Row]:
    """Creating and editing timesheets with the add-on, against without it.

    A twentieth of the time takes a hundred blocks to be told. The few of the quick form show what
    is wrong by far, and have no target.
    """
    step = "timesheets"
    without, with_us = _by_turns(
        shop,
        ((shop.base_template().name, step), (shop.addon_template().name, step)),
        lines=QUICK_LINES if quick else LINES,
        rounds=QUICK_ROUNDS if quick else ROUNDS,
    )
    rows, extra = [], []
    for name, (ours, queries, size) in with_us.items():
        theirs, fewest, _size = without[name]
        seconds, ratio = _compare(ours, theirs)
        yardstick = seconds * 1_000 / size
        words, target = f"timesheets: {name}", "<= 1.05"
        if quick:
            words, target = f"{words}, {len(ours)} blocks", None
        rows.append(Row(words, yardstick * ratio, "ms", yardstick, target))
        extra.append((queries - fewest) / size)
    words = "timesheets: extra queries per line"
    return [*rows, Row(words, max(extra), "queries", None, "<= 0.05")]


def _by_turns(shop: Workshop, sides: tuple[tuple[str, str], ...], **numbers: int) -> list:
    """Run two steps side by side; they measure by turns (``measuring.Turns``).

    :param sides: template of the database and name of the step, of the one that begins first
    :return: what the steps return
    """
    with tempfile.NamedTemporaryFile(dir=paths.DEV / "tmp") as turns, ThreadPoolExecutor(2) as pool:
        extra = {"BENCH_TURNS": turns.name}
        runs = [
            pool.submit(_run, shop, template, step, extra, side=side, **numbers)
            for side, (template, step) in enumerate(sides)
        ]
        return [run.result() for run in runs]
