"""A sender that is killed at each of its points in turn, and the one that comes after it.

Started by test_kills.py in Odoo's environment: ``killed_senders.py DATABASE ADMINISTRATION STRIDE
LABEL``. A point is the moment before or after a commit, or before or after a call to Exact; there,
and nowhere else, something of ours becomes true for others. For each point new hours are billed, a
process sends them and is killed there, and others send what it left until nothing is left to do.
Odoo is loaded once and forked. Prints, as JSON, a list of what became of each.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from datetime import date, datetime, timezone
from urllib.parse import urlsplit

from passing_time import age_limits
from requests.adapters import HTTPAdapter

import odoo
from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.modules.registry import Registry
from odoo.sql_db import Cursor

ADDON = "keeping_exact_connector"
ADMIN = 2
SETTLE_SECONDS = 60
# An answer that is later counts as lost, see exact_online.ledger.
ANSWERING_SECONDS = 71
FORK = multiprocessing.get_context("fork")


class Points:
    """Counts the points that this process passes, and kills it at one of them."""

    def __init__(self, kill_at, told):
        self.passed = 0
        self._kill_at = kill_at
        self._told = told
        self._watched = {
            Cursor.commit.__code__: self._commit,
            HTTPAdapter.send.__code__: self._call,
        }

    def __call__(self, frame, event, _arg):
        if event in ("call", "return") and frame.f_code in self._watched:
            moment = "before" if event == "call" else "after"
            self._pass(f"{moment} {self._watched[frame.f_code](frame)}")

    def _pass(self, name):
        if self.passed == self._kill_at:
            self._told.put(name)
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    @staticmethod
    def _call(frame):
        request = frame.f_locals["request"]
        return f"{request.method} {urlsplit(request.url).path.split('/', 4)[-1]}"

    @staticmethod
    def _commit(frame):
        names = []
        while frame := frame.f_back:
            if ADDON in frame.f_code.co_filename:
                names.append(frame.f_code.co_name)
        return f"the commit of {' in '.join(names[:3])}"


def _send(database, administration, kill_at, told):
    """Send what is due, as the job does; die at a point."""
    from odoo.addons.keeping_exact_connector.sending.runner import serve  # noqa: PLC0415

    registry = Registry(database)
    points = Points(kill_at, told)
    sys.setprofile(points)
    serve(registry, administration, time.monotonic() + 120)
    sys.setprofile(None)
    told.put(points.passed)


def _bill(database, administration, label, told):
    """Bill new hours of a new customer; tell the id of the invoice and the customer's name."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, ADMIN, {})
        name = f"{label} {time.time_ns()}"
        partner = env["res.partner"].create({"name": name, "email": "a@klant.example"})
        project = env["project.project"].create(
            {"name": name, "partner_id": partner.id, "allow_timesheets": True}
        )
        env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": project.id,
                "employee_id": env.user.employee_id.id,
                "unit_amount": 2,
                "date": date(2026, 10, 12),
            }
        )
        wizard = env["keeping.exact.invoice.create"].create(
            {
                "administration_id": administration,
                "date_from": False,
                "date_to": False,
                "partner_ids": [Command.set(partner.ids)],
                "rate": 100,
            }
        )
        told.put((wizard.action_create()["res_id"], name))


def _look(database, invoice, told):
    """Tell how the invoice stands, and whether anything is still to be done for it."""
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        link = env["keeping.exact.invoice"].browse(invoice)
        records = [link, link.customer_id, *link.processing_ids]
        due = [("state", "in", ("planned", "claimed", "uncertain"))]
        refs = [f"{record._name},{record.id}" for record in records]
        left = env["keeping.exact.operation"].search([("record", "in", refs), *due])
        told.put(
            {
                "left": [
                    f"{one.display_name} {one.state} due {one.due_at} {one.look_ups}"
                    for one in left
                ],
                "now": str(datetime.now(timezone.utc)),
                "reference": link.name,
                "state": link.state,
                "processing": link.processing_state,
                "error": link.error_code or link.processing_id.error_code,
            }
        )


def _pass_time(database, _told):
    """Let the time pass in which a call without an answer takes up a place at its endpoint.

    No more than ten may be on their way at once, and each that was killed counts as one.
    """
    with Registry(database).cursor() as cr:

        def sql(statement, *args):
            cr.execute(statement, args)
            return cr.fetchall() if cr.description else []

        age_limits(sql, ANSWERING_SECONDS)


def in_process(work, *args):
    """Do something in a process of its own; return what it told, or None when it told nothing."""
    told = FORK.SimpleQueue()
    process = FORK.Process(target=work, args=(*args, told))
    process.start()
    process.join()
    return None if told.empty() else told.get()


def walk(database, administration, stride, label):
    """Kill a sender at every point, and return what each led to.

    :param int stride: 1 for each point, 2 for every other
    """
    outcomes, point = [], 0
    while True:
        invoice, customer = in_process(_bill, database, administration, label)
        told = in_process(_send, database, administration, point)
        if isinstance(told, int):
            # It came to its end: there is no such point.
            return outcomes, told
        in_process(_pass_time, database)
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            in_process(_send, database, administration, -1)
            found = in_process(_look, database, invoice)
            if not found["left"] or time.monotonic() > end:
                break
            time.sleep(0.1)
        outcomes.append({"point": told, "customer": customer, **found})
        point += stride


def main(database, administration, stride, label):
    """Load Odoo once, walk, and print."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    Registry(database)
    sql_db.close_all()
    outcomes, points = walk(database, administration, stride, label)
    print(json.dumps({"outcomes": outcomes, "points": points}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
