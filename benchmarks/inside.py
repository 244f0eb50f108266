"""What is measured inside Odoo: ``inside.py DATABASE STEP [NAME=NUMBER ...]``.

Runs in Odoo's environment, with or without our add-on in the database. Prints JSON.
"""

import itertools
import json
import sys
from datetime import date, timedelta
from functools import partial

import odoo
from odoo import api
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import SQL, split_every

from benchmarks.measuring import Stopwatch, Turns, settle

ADMIN = 2
FIRST_DAY = date(2026, 10, 1)
DAYS = 28
EMPLOYEES = 10
BATCH = 1_000
# How often in a round what is over soon is done.
FEW, SHORT = 4, 10
# Timesheets that are written one by one between two turns.
SOME = 50
ADMINISTRATION = "keeping.exact.administration"
# The tables that billing writes, hours last.
WRITTEN = (
    "keeping_exact_operation",
    "keeping_exact_invoice",
    "keeping_exact_invoice_line",
    "keeping_exact_hour",
)
# No chatter and no tracking on either side: invoicing is compared. Timesheets do have tracking.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_notrack": True}


# ------------------------------------------------------------------ data


def make_customers(env, count, prefix="Customer"):
    """Return *count* companies with a project each: list of (partner, project)."""
    names = [f"{prefix} {number:05}" for number in range(count)]
    partners = env["res.partner"].create([{"name": name, "is_company": True} for name in names])
    projects = env["project.project"].create(
        [
            {
                "name": f"Work for {partner.name}",
                "partner_id": partner.id,
                "company_id": env.company.id,
                "allow_timesheets": True,
            }
            for partner in partners
        ]
    )
    return list(zip(partners, projects, strict=True))


def make_tasks(env, projects, each=4):
    """Return tasks by project, *each* of them."""
    tasks = env["project.task"].create(
        [
            {"name": f"Step {number}", "project_id": project.id}
            for project in projects
            for number in range(each)
        ]
    )
    return {project: tasks.filtered(lambda t, p=project: t.project_id == p) for project in projects}


def make_employees(env):
    """Return the people whose hours these are."""
    return env["hr.employee"].create(
        [
            {"name": f"Employee {number}", "company_id": env.company.id, "hourly_cost": 40}
            for number in range(EMPLOYEES)
        ]
    )


def prepare_hours(tasks, employees, count):
    """Return values of *count* timesheets, spread over tasks, people and days."""
    places = [task for found in tasks.values() for task in found]
    amounts = itertools.cycle((0.25, 0.5, 0.75, 1, 1.5, 2, 3.25, 4))
    return [
        {
            "name": f"Did what number {number} is about",
            "project_id": places[number % len(places)].project_id.id,
            "task_id": places[number % len(places)].id,
            "employee_id": employees[number % len(employees)].id,
            "unit_amount": next(amounts),
            "date": FIRST_DAY + timedelta(days=number % DAYS),
        }
        for number in range(count)
    ]


def make_hours(env, tasks, count):
    """Make timesheets and return how many hours they are."""
    values = prepare_hours(tasks, make_employees(env), count)
    for start in range(0, count, BATCH):
        env["account.analytic.line"].create(values[start : start + BATCH])
    return sum(vals["unit_amount"] for vals in values)


def link_customers(env, administration, partners):
    """Know the partners as customers of Exact, as after reading them and linking by a person."""
    env["keeping.exact.customer"].sudo().create(
        [
            {
                "administration_id": administration.id,
                "guid": f"00000000-0000-0000-0000-{partner.id:012}",
                "code": str(partner.id),
                "name": partner.name,
                "status": "C",
                "partner_id": partner.id,
            }
            for partner in partners
        ]
    )


def make_administration(env):
    """Return a linked administration that nothing is sent to."""
    connection = env["keeping.exact.connection"].create(
        {"company_id": env.company.id, "site": "nl", "client_id": "bench"}
    )
    administration = (
        env[ADMINISTRATION]
        .sudo()
        .create(
            {
                "name": "Books",
                "code": 100001,
                "site": "nl",
                "company_id": env.company.id,
                "connection_id": connection.id,
                "currency_id": env.company.currency_id.id,
                "state": "linked",
            }
        )
    )
    administration.vat_code_id = (
        env["keeping.exact.vat.code"]
        .sudo()
        .create(
            {
                "administration_id": administration.id,
                "guid": "vat",
                "code": "4",
                "name": "High",
                "type": "E",
                "transaction_type": "B",
                "percentage": 0.21,
            }
        )
    )
    return administration


def bill_all(env, administration, partners):
    """Queue all hours of some customers: one invoice for each, one line per task."""
    wizard = env["keeping.exact.invoice.create"].create(
        {
            "administration_id": administration.id,
            "date_from": FIRST_DAY,
            "date_to": FIRST_DAY + timedelta(days=DAYS),
            "partner_ids": [Command.set(partners.ids)],
            "rate_mode": "invoice_rate",
            "rate": 95,
            "group_by": "task",
        }
    )
    wizard.action_create()


# ------------------------------------------------------------------ steps


def queue_in_exact(env, hours, customers, side):
    """Choose all hours, preview and queue them: one invoice per customer, one line per task."""
    pairs = make_customers(env, customers)
    administration = make_administration(env)
    partners = env["res.partner"].union(*(pair[0] for pair in pairs))
    link_customers(env, administration, partners)
    made = make_hours(env, make_tasks(env, [pair[1] for pair in pairs]), hours)
    settle(env)
    turns = Turns(side)
    turns.meet()
    with turns, Stopwatch(env) as watch:
        bill_all(env, administration, partners)
    with turns:
        invoices = env["keeping.exact.invoice"].search([("state", "=", "queued")])
        assert len(invoices) == customers, f"{len(invoices)} queued"
        assert abs(sum(invoices.mapped("hours")) - made) < 0.005, "hours were lost"
        sql = write_in_sql(env, hours)
    return {"seconds": watch.seconds, "queries": watch.queries, "sql": sql}


def write_in_sql(env, hours):
    """Write what was queued once more by plain SQL; return the seconds, the least it can take."""
    tables = [(SQL.identifier(name), SQL.identifier(f"kept_{name}")) for name in WRITTEN]
    for table, kept in tables:
        env.cr.execute(SQL("CREATE TEMP TABLE %s AS SELECT * FROM %s", kept, table))
    for table, _kept in reversed(tables):
        env.cr.execute(SQL("DELETE FROM %s", table))
    with Stopwatch(env) as watch:
        for table, kept in tables:
            env.cr.execute(SQL("INSERT INTO %s SELECT * FROM %s", table, kept))
    assert env.cr.rowcount == hours, f"{env.cr.rowcount} hours"
    return watch.seconds


def invoice_in_odoo(env, hours, customers, side):
    """Have sale_timesheet invoice as many hours: one order and invoice per customer."""
    pairs = make_customers(env, customers)
    product = env["product.product"].create(
        {
            "name": "Consultancy by the hour",
            "type": "service",
            "service_policy": "delivered_timesheet",
            "service_tracking": "no",
            "uom_id": env.ref("uom.product_uom_hour").id,
            "list_price": 95,
        }
    )
    tasks = make_tasks(env, [pair[1] for pair in pairs])
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": 1, "name": task.name}
                    )
                    for task in tasks[project]
                ],
            }
            for partner, project in pairs
        ]
    )
    orders.action_confirm()
    for order, (_partner, project) in zip(orders, pairs, strict=True):
        project.write({"allow_billable": True, "sale_line_id": order.order_line[0].id})
        for task, line in zip(tasks[project], order.order_line, strict=True):
            task.sale_line_id = line
    made = make_hours(env, tasks, hours)
    settle(env)
    turns = Turns(side)
    turns.meet()
    with turns, Stopwatch(env) as watch:
        invoices = orders._create_invoices()
    assert len(invoices) == customers, f"{len(invoices)} invoices"
    billed = sum(invoices.invoice_line_ids.mapped("quantity"))
    assert abs(billed - made) < 0.05 * customers, f"{billed} of {made} hours were invoiced"
    return {"seconds": watch.seconds, "queries": watch.queries}


def timesheets(env, lines, rounds, side):
    """Create timesheets one by one and all at once, and edit them; by turns with the other side.

    :return: dict of name → (seconds of each block, fewest queries of one, timesheets in one)
    """
    pairs = make_customers(env, 5)
    tasks, employees = make_tasks(env, [pair[1] for pair in pairs]), make_employees(env)
    Timesheet = env["account.analytic.line"].with_context(tracking_disable=False)
    values = prepare_hours(tasks, employees, lines)
    turns, results = Turns(side), {}
    sizes = {"create": SOME, "create_batch": lines, "edit": SOME, "edit_batch": lines}
    turns.meet()

    def measure(name, block):
        with turns, Stopwatch(env) as watch:
            result = block()
        results.setdefault(name, []).append((watch.seconds, watch.queries))
        return result

    def create(some):
        for vals in some:
            Timesheet.create(vals)

    def edit(some):
        for line in some:
            line.write({"unit_amount": line.unit_amount + 0.25, "name": "Edited"})
            env.flush_all()

    for _round in range(rounds):
        for some in split_every(SOME, values):
            measure("create", partial(create, some))
        for _number in range(FEW):
            made = measure("create_batch", partial(Timesheet.create, values))
        for ids in split_every(SOME, made.ids):
            # A list of their own: what is read is read for all of it.
            measure("edit", partial(edit, Timesheet.browse(ids)))
        for number in range(SHORT):
            measure("edit_batch", partial(made.write, {"name": f"Edited again {number}"}))
    return {
        name: (
            [seconds for seconds, _queries in found],
            min(queries for _seconds, queries in found),
            sizes[name],
        )
        for name, found in results.items()
    }


def queue_for_sending(env, invoices):
    """Queue *invoices* invoices in each linked administration, for customers that it knows.

    :return: list of the codes of the administrations
    """
    administrations = env[ADMINISTRATION].search([("state", "=", "linked")], order="code")
    for administration in administrations:
        # Those invoiced in another currency need rates in it.
        known = env["keeping.exact.customer"].search(
            [
                ("administration_id", "=", administration.id),
                ("status", "=", "C"),
                ("blocked", "=", False),
                ("sales_currency", "in", (False, administration.currency_id.name)),
            ],
            limit=invoices,
        )
        assert len(known) == invoices, f"{len(known)} customers in {administration.code}"
        pairs = make_customers(env, invoices, f"Books {administration.code}")
        for customer, (partner, _project) in zip(known, pairs, strict=True):
            customer.sudo().write({"partner_id": partner.id})
        make_hours(env, make_tasks(env, [pair[1] for pair in pairs], each=1), 2 * invoices)
        bill_all(env, administration, env["res.partner"].union(*(pair[0] for pair in pairs)))
    env.cr.commit()
    return administrations.mapped("code")


STEPS = {
    step.__name__: step for step in (queue_in_exact, invoice_in_odoo, timesheets, queue_for_sending)
}


def main(database, step, *numbers):
    """Run one step as Odoo's administrator and print what it returns."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, ADMIN, QUIET)
        env = env(user=ADMIN, context={**QUIET, "allowed_company_ids": env.user.company_id.ids})
        arguments = dict(number.split("=") for number in numbers)
        result = STEPS[step](env, **{name: int(value) for name, value in arguments.items()})
        cr.commit()
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
