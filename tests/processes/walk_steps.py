"""What people do in Odoo with hours and drafts: one function a step, told in a few words.

A step takes the world and an organisation. It raises ``Nothing`` when there is nothing to do it
with, and ``UserError`` when Odoo refuses it, which is fine. The other kinds of steps are beside it.
"""

from walk_world import LINK, Nothing, UserError

from odoo import Command

AMOUNTS = (0.1, 0.25, 0.5, 1, 1.33, 2, 2.75, 4, 7.5, 8)
GROUPINGS = ("project", "task", "employee", "day", "week", "month", "entry", "project_employee")
MODES = ("invoice_rate", "invoice_rate", "rate_card", "line_rate", "line_amount", "invoice_amount")
ROUNDINGS = ("none", "none", "5", "15", "30", "60")


# ---------------------------------------------------------------------- hours


def make_hours(world, own):
    def make(env):
        lines = env["account.analytic.line"].create(
            [
                {
                    "name": f"Work {world.chance.randrange(1000)}",
                    "project_id": project,
                    "employee_id": own.employee,
                    "unit_amount": world.chance.choice(AMOUNTS),
                    "date": f"2026-10-{world.chance.randrange(1, 29):02}",
                }
                for _entry in range(world.chance.randrange(1, 6))
            ]
        )
        return {line.id: line.unit_amount for line in lines}

    project = world.choose(own.projects)
    made = world.act(own, make)
    own.hours.update(made)
    return f"{len(made)} hours"


def pick_hours(world, own, live):
    exists = "EXISTS" if live else "NOT EXISTS"
    rows = world.sql(
        "SELECT ts.id FROM account_analytic_line ts WHERE ts.id = ANY(%s) AND "
        f"{exists} (SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live)"
        " ORDER BY ts.id",
        list(own.hours),
    )
    return world.choose([row[0] for row in rows][-40:])


def edit_free_hours(world, own):
    timesheet, amount = pick_hours(world, own, live=False), world.chance.choice(AMOUNTS)
    world.act(own, lambda env: timesheet_of(env, timesheet).write({"unit_amount": amount}))
    own.hours[timesheet] = amount
    return f"timesheet {timesheet}"


def delete_free_hours(world, own):
    timesheet = pick_hours(world, own, live=False)
    world.act(own, lambda env: timesheet_of(env, timesheet).unlink())
    del own.hours[timesheet]
    return f"timesheet {timesheet}"


def timesheet_of(env, timesheet):
    return env["account.analytic.line"].browse(timesheet)


def _must_refuse(world, own, work):
    try:
        world.act(own, work)
    except UserError:
        return
    raise AssertionError("it was not refused")


def edit_billed_hours(world, own):
    timesheet = pick_hours(world, own, live=True)
    _must_refuse(world, own, lambda env: timesheet_of(env, timesheet).write({"unit_amount": 99}))
    return f"timesheet {timesheet} is refused"


def delete_billed_hours(world, own):
    timesheet = pick_hours(world, own, live=True)
    _must_refuse(world, own, lambda env: timesheet_of(env, timesheet).unlink())
    return f"timesheet {timesheet} is refused"


# ---------------------------------------------------------------------- drafts


def partners_with_free_hours(world, own):
    rows = world.sql(
        "SELECT DISTINCT ts.partner_id FROM account_analytic_line ts WHERE ts.id = ANY(%s) AND"
        " NOT EXISTS (SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live)"
        " ORDER BY 1",
        list(own.hours),
    )
    if not rows:
        raise Nothing
    return [row[0] for row in rows]


def _prepare_wizard(world, own, again):
    chance = world.chance
    waiting = own.partners if again else partners_with_free_hours(world, own)
    partners = chance.sample(waiting, min(len(waiting), chance.choice((1, 1, 1, 2))))
    mode = chance.choice(MODES)
    values = {
        "administration_id": own.administration,
        "date_from": False,
        "date_to": False,
        "partner_ids": [Command.set(partners[:1] if mode == "invoice_amount" else partners)],
        "rate_mode": mode,
        "rate": chance.choice((60, 87.5, 110)),
        "amount": chance.choice((250, 1000, 99.99)),
        "group_by": chance.choice(GROUPINGS),
        "rounding": chance.choice(ROUNDINGS),
        "rounding_method": chance.choice(("up", "nearest", "down")),
        "rounding_level": chance.choice(("entry", "line")),
        "invoice_per": chance.choice(("customer", "project")),
    }
    if again:
        values.update(invoiced_policy="include", confirm_repeated=True)
    return values


def _make(world, own, action, again=False):
    def make(env):
        wizard = env["keeping.exact.invoice.create"].create(values)
        if again:
            own.repeated.update(wizard._get_ids())
        told = getattr(wizard, action)()
        return told.get("res_id") or told["domain"]

    values = _prepare_wizard(world, own, again)
    return f"{values['rate_mode']} by {values['group_by']}: {world.act(own, make)}"


def make_draft(world, own):
    return _make(world, own, "action_preview")


def make_and_send(world, own):
    return _make(world, own, "action_create")


def bill_again(world, own):
    return _make(world, own, "action_preview", again=True)


def edit_draft(world, own):
    def edit(env):
        link = env[LINK].browse(invoice)
        line = world.choose(link.line_ids)
        if how == "drop":
            link.write({"line_ids": [Command.delete(line.id)]})
        elif how == "merge":
            line.action_merge_up()
        elif how == "add":
            values = {"name": "Travel", "quantity": 2, "unit_price": 12.5}
            link.write({"line_ids": [Command.create(values)]})
        else:
            values = {how: world.chance.choice((50, 75.25, 120))}
            link.write({"line_ids": [Command.update(line.id, values)]})

    invoice = world.find(own, "draft", "failed")
    how = world.chance.choice(("drop", "merge", "add", "unit_price", "amount", "unit_price"))
    world.act(own, edit)
    return f"{how} {invoice}"


def price_draft(world, own):
    """Fill in what has no price yet, which keeps a draft from being sent."""

    needs = "EXISTS (SELECT FROM keeping_exact_invoice_line l WHERE l.invoice_id = link.id"
    invoice = world.find(own, "draft", where=f"{needs} AND l.needs_price)")
    world.act(own, lambda env: _price(world, env[LINK].browse(invoice)))
    return f"{invoice}"


def _price(world, link):
    for line in link.line_ids.filtered("needs_price"):
        line.unit_price = world.chance.choice((80, 95.5))


def press_on(action, *states, where="TRUE"):
    def press(world, own):
        invoice = world.find(own, *states, where=where)
        world.act(own, lambda env: getattr(env[LINK].browse(invoice), action)())
        return f"{invoice}"

    press.__name__ = action
    return press


def send(world, own):
    def press(env):
        link = env[LINK].browse(invoice)
        if priced:
            _price(world, link)
        if link.proposal_count and not link.sudo().customer_id:
            # Whoever sends says that it is a new customer.
            link.action_new_customer()
        link.action_send()

    invoice, priced = world.find(own, "draft"), world.chance.random() < 0.7
    world.act(own, press)
    return f"{invoice}"


give_up = press_on("action_give_up", "draft")
release = press_on("action_release", "draft", "queued", "failed", "open", "processed", "uncertain")
retry = press_on("action_retry", "failed", "queued", "uncertain")
refresh = press_on("action_refresh", "open", "processed", "paid", "credited")
confirm_removed = press_on(
    "action_confirm_removed", "open", "processed", "paid", where="unseen_at IS NOT NULL"
)
retry_lines = press_on("action_retry_line_changes", "open", "processed")
cancel_lines = press_on("action_cancel_line_changes", "open", "processed")


# (step, how often, whether a process that does it may be killed)
STEPS = [
    (make_hours, 14, False),
    (edit_free_hours, 2, False),
    (delete_free_hours, 1, False),
    (edit_billed_hours, 3, False),
    (delete_billed_hours, 2, False),
    (make_draft, 6, True),
    (make_and_send, 8, True),
    (bill_again, 1, False),
    (edit_draft, 4, True),
    (price_draft, 4, True),
    (send, 8, True),
    (give_up, 1, True),
    (release, 2, True),
    (retry, 4, True),
    (refresh, 3, True),
    (confirm_removed, 2, True),
    (retry_lines, 1, True),
    (cancel_lines, 1, True),
]
