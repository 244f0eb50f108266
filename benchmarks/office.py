"""What happens between Odoo and Exact: calls per invoice, and full use of Exact's minutes."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from benchmarks.report import Row
from devtools import console, odoo, services, walk
from devtools.rpc import OdooClient
from devtools.workshop import Workshop

SCRIPT = Path(__file__).with_name("inside.py")
# Exact's limits (API reference, chapter 2).
MINUTE_LIMIT = 60
TOO_MANY = 429
INVOICES = "salesinvoice/SalesInvoices"
SECONDS = 1_800


class Office:
    """An Odoo whose administrations are linked and know enough customers."""

    def __init__(self, shop: Workshop, server: services.OdooServer, exact, administrations: int):
        self.shop, self.server, self.exact = shop, server, exact
        self.client = OdooClient(server.url)
        self.client.log_in("admin", "admin")
        connection = walk.connect(self.client, exact)
        for _number in range(administrations):
            walk.choose_journal(self.client, walk.link_next(self.client, connection))

    def queue(self, invoices: int) -> list[int]:
        """Queue invoices in each administration; return the codes of the administrations."""
        self.exact.clear_calls()
        return odoo.run_script(
            SCRIPT, self.shop.source, self.shop.server, self.server.database,
            "queue_for_sending", f"invoices={invoices}",
            extra=self.server.environment, seconds=SECONDS,
        )  # fmt: skip

    def wait(self, invoices: int) -> list[dict]:
        """Wait until this many invoices are made; return the calls that it took.

        :raise Problem: when one fails, or nothing happens for too long
        """
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            made, failed = (
                self.client.call("keeping.exact.invoice", "search_count", [("state", "=", state)])
                for state in ("open", "failed")
            )
            if failed:
                raise console.Problem(f"{failed} of {invoices} invoices failed.")
            if made >= invoices:
                return [call for call in self.exact.calls() if "/api/v1/" in call["path"]]
            time.sleep(1)
        raise console.Problem(f"{invoices} invoices were not made in {SECONDS} s.")


@contextlib.contextmanager
def opened(
    shop: Workshop, administrations: int = 1, customers: int = 0, **settings: int
) -> Iterator[Office]:
    """Have an office for a while, whose administrations have this many customers more.

    :param settings: of Exact, from the first call on: Odoo learns how long a minute lasts.
    """
    with services.pair(shop, cron_threads=2) as (server, exact):
        exact.settings(**settings)
        for code in exact.open_administrations(administrations):
            exact.seed_customers(code, customers)
        yield Office(shop, server, exact, administrations)


def calls_per_invoice(shop: Workshop, quick: bool) -> list[Row]:
    """API calls for each invoice of a run.

    A single call besides those that make invoices is a tenth for ten of them, so the quick form
    makes more.
    """
    count = 30 if quick else 100
    with opened(shop, customers=count, minute_limit=10_000) as office:
        office.queue(count)
        calls = office.wait(count)
    return [Row(f"calls per invoice in a run of {count}", len(calls) / count, "calls", None,
                "<= 1.05")]  # fmt: skip


def _use(calls: list[dict], minute: float) -> tuple[float, float, int]:
    """Return calls, what full minutes would have allowed meanwhile, and refusals for the limit.

    The first and the last minute are left out: work begins and ends in the middle of them.
    """
    begun = sorted(datetime.fromisoformat(call["time"]).timestamp() for call in calls)
    minutes = Counter(int(moment // minute) for moment in begun)
    whole = range(min(minutes) + 1, max(minutes))
    if not whole:
        raise console.Problem("no minute was used from its beginning to its end.")
    made = sum(minutes[number] for number in whole)
    allowed = len(whole) * MINUTE_LIMIT
    return made, allowed, sum(call["status"] == TOO_MANY for call in calls)


def full_minutes(shop: Workshop, quick: bool) -> list[Row]:
    """A run against the limit of a minute, which lasts some seconds here."""
    count, minute = 125 if quick else 300, 6
    with opened(shop, customers=count, minute_seconds=minute) as office:
        office.queue(count)
        calls = office.wait(count)
    made, allowed, refused = _use(calls, minute)
    words = f"{count} invoices within {MINUTE_LIMIT} calls a minute"
    return [
        Row(words, made, "calls", allowed, ">= 0.95"),
        Row(f"{words}: refusals", refused, "answers 429", None, "== 0"),
    ]


def many_administrations(shop: Workshop, quick: bool) -> list[Row]:
    """Administrations side by side, each with the limit of a minute, a real one if not quick.

    The quick form asks for fewer calls a second than one processor can make: a short minute leaves
    no time to catch up.
    """
    administrations, count, minute = (2, 130, 9) if quick else (20, 190, 60)
    with opened(shop, administrations, count, minute_seconds=minute) as office:
        codes = office.queue(count)
        calls = office.wait(count * len(codes))
    made = allowed = refused = 0
    for code in codes:
        own = [call for call in calls if call["division"] == code]
        figures = _use(own, minute)
        made, allowed, refused = made + figures[0], allowed + figures[1], refused + figures[2]
    words = f"{administrations} administrations of {count} invoices each"
    return [
        Row(words, made, "calls", allowed, ">= 0.95"),
        Row(f"{words}: refusals", refused, "answers 429", None, "== 0"),
    ]
