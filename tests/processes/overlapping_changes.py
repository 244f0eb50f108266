"""Changes of hours that began before the hours were billed, and are written after.

Started by test_guards.py in Odoo's environment: ``overlapping_changes.py DATABASE ADMINISTRATION``.
Each change has a transaction of its own, which has looked at the hours; then they are billed and
committed; then it goes on, and is done once more after a conflict, as Odoo does with a request.
Prints, as JSON, what became of each.
"""

import json
import sys
from datetime import date

import psycopg2

import odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import RedirectWarning, UserError
from odoo.modules.registry import Registry

ADMIN = 2
CONFLICTS = (psycopg2.errors.SerializationFailure, psycopg2.errors.LockNotAvailable)
BILLED = ("name", "date", "unit_amount", "project_id", "task_id", "employee_id", "partner_id")


def _import(line):
    """Import hours as a file would; Odoo tells of what it refused instead of raising it."""
    told = line.load([".id", "unit_amount"], [[str(line.id), "9"]])["messages"]
    if told:
        raise UserError(str(told))


CHANGES = {
    "edit the hours": lambda made: made["line"].write({"unit_amount": 9}),
    "edit the text": lambda made: made["line"].write({"name": "Other"}),
    "import the hours": lambda made: _import(made["line"]),
    "delete the hours": lambda made: made["line"].unlink(),
    "move the hours": lambda made: made["line"].write({"project_id": made["other"].id}),
    "move the task": lambda made: made["task"].write({"project_id": made["other"].id}),
    "change the project's customer": lambda made: made["project"].write(
        {"partner_id": made["other"].partner_id.id}
    ),
    "change the task's customer": lambda made: made["task"].write(
        {"partner_id": made["other"].partner_id.id}
    ),
    "delete the task": lambda made: made["task"].unlink(),
    "delete the project": lambda made: made["project"].unlink(),
    "delete the employee": lambda made: made["employee"].unlink(),
    "delete the customer": lambda made: made["project"].partner_id.unlink(),
}


def _make(env, label):
    """Make a customer, project, task, person and hours; return their ids by name."""
    partners = env["res.partner"].create([{"name": f"{label} {n}"} for n in ("one", "two")])
    project, other = env["project.project"].create(
        [
            {"name": f"Project of {p.name}", "partner_id": p.id, "allow_timesheets": True}
            for p in partners
        ]
    )
    task = env["project.task"].create({"name": label, "project_id": project.id})
    employee = env["hr.employee"].create({"name": f"Person of {label}"})
    line = env["account.analytic.line"].create(
        {
            "name": "Work",
            "project_id": project.id,
            "task_id": task.id,
            "employee_id": employee.id,
            "unit_amount": 2,
            "date": date(2026, 10, 12),
        }
    )
    return {
        "line": line, "project": project, "other": other, "task": task, "employee": employee
    }  # fmt: skip


def _bill(env, administration, made):
    wizard = env["keeping.exact.invoice.create"].create(
        {
            "administration_id": administration,
            "date_from": False,
            "date_to": False,
            "project_ids": [Command.set(made["project"].ids)],
            "rate": 100,
        }
    )
    wizard.action_preview()


def _look(line):
    return {name: str(line[name]) for name in BILLED} if line.exists() else None


def _try(env, change, made):
    """Do a change to its end; return the name of what stopped it, or None."""
    try:
        change(made)
        env.flush_all()
        env.cr.commit()
    except CONFLICTS:
        env.cr.rollback()
        env.invalidate_all()
        return "conflict"
    except (UserError, RedirectWarning, psycopg2.Error) as error:
        env.cr.rollback()
        env.invalidate_all()
        return type(error).__name__
    return None


def overlap(registry, administration, label, change):
    """Let one change overlap with the billing; return what it met, and the hours as they are."""
    with registry.cursor() as cr:
        made = _make(api.Environment(cr, ADMIN, {}), label)
        before = _look(made["line"])
        ids = {name: (record._name, record.id) for name, record in made.items()}
    with registry.cursor() as changing, registry.cursor() as billing:
        env = api.Environment(changing, SUPERUSER_ID, {})
        mine = {name: env[model].browse(record_id) for name, (model, record_id) in ids.items()}
        _look(mine["line"])
        other = api.Environment(billing, ADMIN, {})
        theirs = {name: other[model].browse(id_) for name, (model, id_) in ids.items()}
        _bill(other, administration, theirs)
        other.flush_all()
        billing.commit()
        met = [_try(env, change, mine)]
        if met == ["conflict"]:
            met.append(_try(env, change, mine))
    with registry.cursor() as cr:
        line = api.Environment(cr, SUPERUSER_ID, {})["account.analytic.line"].browse(ids["line"][1])
        after = _look(line)
        live = line.keeping_exact_hour_ids.filtered("live").mapped("hours") if after else []
    return {"met": met, "before": before, "after": after, "live": live}


def main(database, administration):
    """Overlap each change in turn, and print."""
    odoo.tools.config.parse_config(["--no-http", "--stop-after-init"])
    registry = Registry(database)
    print(
        json.dumps(
            {
                label: overlap(registry, administration, label, change)
                for label, change in CHANGES.items()
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
