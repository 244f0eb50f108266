"""What people do in Odoo, and its jobs: one function a step, told in a few words.

A step takes the world and an organisation. It raises ``Nothing`` when there is nothing to do it
with, and ``UserError`` when Odoo refuses it, which is fine.
"""

import time
from urllib.parse import parse_qs, urljoin, urlsplit

from walk_world import AccessError, Nothing, UserError

from odoo import Command

from devtools.web import Browser, forms

AMOUNTS = (0.1, 0.25, 0.5, 1, 1.33, 2, 2.75, 4, 7.5, 8)
LINK = "keeping.exact.invoice"
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


def _pick_hours(world, own, live):
    exists = "EXISTS" if live else "NOT EXISTS"
    rows = world.sql(
        "SELECT ts.id FROM account_analytic_line ts WHERE ts.id = ANY(%s) AND "
        f"{exists} (SELECT FROM keeping_exact_hour h WHERE h.timesheet_id = ts.id AND h.live)"
        " ORDER BY ts.id",
        list(own.hours),
    )
    return world.choose([row[0] for row in rows][-40:])


def edit_free_hours(world, own):
    timesheet, amount = _pick_hours(world, own, live=False), world.chance.choice(AMOUNTS)
    world.act(own, lambda env: _timesheet(env, timesheet).write({"unit_amount": amount}))
    own.hours[timesheet] = amount
    return f"timesheet {timesheet}"


def delete_free_hours(world, own):
    timesheet = _pick_hours(world, own, live=False)
    world.act(own, lambda env: _timesheet(env, timesheet).unlink())
    del own.hours[timesheet]
    return f"timesheet {timesheet}"


def _timesheet(env, timesheet):
    return env["account.analytic.line"].browse(timesheet)


def _must_refuse(world, own, work):
    try:
        world.act(own, work)
    except UserError:
        return
    raise AssertionError("it was not refused")


def edit_billed_hours(world, own):
    timesheet = _pick_hours(world, own, live=True)
    _must_refuse(world, own, lambda env: _timesheet(env, timesheet).write({"unit_amount": 99}))
    return f"timesheet {timesheet} is refused"


def delete_billed_hours(world, own):
    timesheet = _pick_hours(world, own, live=True)
    _must_refuse(world, own, lambda env: _timesheet(env, timesheet).unlink())
    return f"timesheet {timesheet} is refused"


# ---------------------------------------------------------------------- drafts


def _partners_with_free_hours(world, own):
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
    waiting = own.partners if again else _partners_with_free_hours(world, own)
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


def _press(action, *states, where="TRUE"):
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


give_up = _press("action_give_up", "draft")
release = _press("action_release", "draft", "queued", "failed", "open", "processed", "uncertain")
retry = _press("action_retry", "failed", "queued", "uncertain")
refresh = _press("action_refresh", "open", "processed", "paid", "credited")
confirm_removed = _press(
    "action_confirm_removed", "open", "processed", "paid", where="unseen_at IS NOT NULL"
)
retry_lines = _press("action_retry_line_changes", "open", "processed")
cancel_lines = _press("action_cancel_line_changes", "open", "processed")


# ---------------------------------------------------------------------- dialogs


def _open(world, own, action, kind, invoice):
    told = world.act(own, lambda env: getattr(env[LINK].browse(invoice), action)())
    own.dialogs = [*own.dialogs[-5:], (kind, told["res_model"], told["res_id"])]
    return f"{kind} {invoice}"


def ask_process(world, own):
    return _open(world, own, "action_process", "process", world.find(own, "open"))


def ask_release(world, own):
    invoice = world.find(own, "draft", "queued", "failed", "open", "open", "processed")
    return _open(world, own, "action_ask_release", "release", invoice)


def compare(world, own):
    return _open(world, own, "action_compare_lines", "adjust", world.find(own, "open", "processed"))


def link_existing(world, own):
    def choose(env):
        Wizard = env["keeping.exact.invoice.link"]
        wizard = Wizard.browse(Wizard.action_open()["res_id"])
        wizard.administration_id = own.administration
        wizard._choose(guid)
        if not wizard.partner_id:
            wizard.partner_id = partner
        wizard.worth_by = worth
        wizard.action_compare()
        return wizard.id

    rows = world.books.invoices(own.code)
    taken = {guid for _state, guid, _deleting in world.links(own).values()}
    free = [key for key, row in rows.items() if row.get("Type") == 8020 and key not in taken]
    # Now and then one that is linked, or has been.
    linked = [key for key in rows if key in taken]
    guid = world.choose((free if world.chance.random() < 0.8 else linked)[-6:])
    partner = world.choose(_partners_with_free_hours(world, own))
    worth = world.chance.choice(("rate_card", "line_rate"))
    wizard = world.act(own, choose)
    own.dialogs = [*own.dialogs[-5:], ("link", "keeping.exact.invoice.link", wizard)]
    return f"invoice {guid}"


def confirm(world, own):
    """Answer a dialog, which may have been open for a while."""
    dialog = world.choose(own.dialogs)
    own.dialogs.remove(dialog)
    kind, model, number = dialog
    told = world.act(own, lambda env: CONFIRMED[kind](world, env[model].browse(number)))
    return f"{kind}: {told}"


def _confirm_process(world, wizard):
    wizard.way = world.chance.choice(("book", "book", "email"))
    wizard.action_confirm()
    return wizard.way


def _confirm_release(world, wizard):
    wizard.what = world.chance.choice(("keep", "delete", "delete"))
    wizard.action_confirm()
    return wizard.what


def _confirm_adjust(world, wizard):
    how = world.chance.choice(("take_over", "take_over", "send", "send", "disconnect"))
    if how == "send":
        line = world.choose(wizard.line_ids.filtered(lambda line: line.kind in ("same", "changed")))
        line.write({"unit_price": world.chance.choice((70, 99.5)), "name": "As agreed"})
    getattr(wizard, f"action_{how}")()
    return how


def _confirm_link(world, wizard):
    for group in wizard.group_ids.filtered(lambda group: not group.line_id):
        group.line_id = world.choose(wizard.line_ids)
    if wizard.difference_size:
        wizard.confirm_difference = True
    return wizard.action_save()["res_model"]


CONFIRMED = {
    "process": _confirm_process,
    "release": _confirm_release,
    "adjust": _confirm_adjust,
    "link": _confirm_link,
}


# ---------------------------------------------------------------------- corrections


def correct(world, own):
    """Give billed hours another number knowingly, with a reason."""

    def press(env):
        action = _timesheet(env, timesheet).action_keeping_exact_correct()
        wizard = env[action["res_model"]].browse(action["res_id"])
        wizard.write({"unit_amount": amount, "reason": "Two meetings were one"})
        wizard.action_confirm()

    timesheet, amount = _pick_hours(world, own, live=True), world.chance.choice((0, *AMOUNTS))
    world.act(own, press)
    own.hours[timesheet] = amount
    return f"timesheet {timesheet} to {amount}"


def _pick_differences(world, own, env):
    """Return some of what is still to settle in this organisation."""
    opened = env["keeping.exact.correction.open"].search([("company_id", "=", own.company)])
    row = world.choose(opened)
    return opened.filtered(lambda other: other.partner_id == row.partner_id)


def settle(world, own):
    """Put differences on a draft of their own."""

    def press(env):
        rows = _pick_differences(world, own, env)
        rows.action_make_draft()
        return len(rows)

    return f"{world.act(own, press)} differences"


def waive(world, own):
    def press(env):
        rows = _pick_differences(world, own, env)
        action = rows[:1].action_waive()
        wizard = env[action["res_model"]].browse(action["res_id"])
        wizard.reason = "Agreed with the customer"
        wizard.action_confirm()
        return rows[:1].id

    return f"{world.act(own, press)}"


add_corrections = _press("action_add_corrections", "draft")


# ---------------------------------------------------------------------- what jobs do


def run_sender(world, own):
    from odoo.addons.keeping_exact_connector.sending.runner import serve  # noqa: PLC0415

    serve(world.registry, own.administration, time.monotonic() + 120)
    return ""


def read_lists(world, own):
    world.sql(
        "UPDATE keeping_exact_administration SET sync_at = now() - interval '1 day' WHERE id = %s",
        own.administration,
    )
    with world.system() as env:
        env["keeping.exact.administration"]._cron_sync()
    return ""


def pass_time(world, _own):
    seconds = world.chance.choice((30, 61, 61, 300, 900, 1900, 3700))
    if world.chance.random() < 0.03:
        seconds = 90_000
    world.clock.pass_time(seconds)
    return f"{seconds} s"


def send_and_wait(world, own):
    """As the job does that comes back each minute, until the looks for what is lost are over."""
    for seconds in (61, 300, 900, 1900):
        run_sender(world, own)
        world.clock.pass_time(seconds)
    return run_sender(world, own)


def connect_again(world, own):
    """A token was lost on the way, which only a person can mend: by permission in Exact, again."""
    rows = world.sql(
        "SELECT connection.id FROM keeping_exact_connection connection"
        " JOIN keeping_exact_administration books ON books.connection_id = connection.id"
        " WHERE books.id = %s AND connection.state <> 'connected'",
        own.administration,
    )
    connection = world.choose(row[0] for row in rows)
    with world.system() as env:
        action = env["keeping.exact.connection"].browse(connection).action_connect()
    code = _consent(action["url"], own.login, world.sandbox.password)
    with world.system() as env:
        end = env["keeping.exact.connection"].browse(connection)._accept_consent(code)
    if end and end.code != "same_user":
        raise UserError(str(end))
    with world.system() as env:
        env["keeping.exact.connection"].browse(connection)._resume_work()
    return f"{connection}"


def _consent(url, login, password):
    """Log in at Exact and allow what is asked; return the code that leads back."""
    browser = Browser()
    page = browser.open(url)
    form = next(form for form in forms(page.text) if form.has("password"))
    page = browser.submit(page, form, form.filled(text=login, password=password))
    form = next(form for form in forms(page.text) if form.button("allow"))
    allowed = form.filled(form.button("allow"), checkbox="all")
    answer = browser.session.post(
        urljoin(page.url, form.action), data=allowed, allow_redirects=False
    )
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


# ---------------------------------------------------------------------- who has no business there


def trespass(world, own):
    """People of one organisation get at nothing of another's."""

    def reach(env):
        link = env[LINK].browse(invoice)
        action = world.chance.choice(
            ("action_release", "action_send", "action_retry", "action_refresh", "action_process")
        )
        return link.read(["name"]) if world.chance.random() < 0.3 else getattr(link, action)()

    other = next(one for one in world.organisations if one is not own)
    invoice = world.find(other, "draft", "open", "processed", "failed", "queued")
    try:
        world.act(own, reach)
    except AccessError:
        return f"{invoice} is refused"
    raise AssertionError(f"{own.name} got at invoice {invoice} of {other.name}")


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
    (ask_process, 3, True),
    (ask_release, 3, True),
    (compare, 4, True),
    (link_existing, 5, True),
    (confirm, 12, True),
    (correct, 5, False),
    (settle, 2, True),
    (waive, 1, True),
    (add_corrections, 1, True),
    (run_sender, 12, True),
    (send_and_wait, 2, False),
    (read_lists, 2, True),
    (pass_time, 4, False),
    (connect_again, 6, False),
    (trespass, 2, False),
]

__all__ = ["STEPS", "Nothing"]
