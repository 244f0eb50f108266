"""Dialogs that people open, and answer a while later: what they saw may have changed by then."""

from uuid import UUID

from walk_exact_steps import lines_of, put_line
from walk_steps import partners_with_free_hours
from walk_world import BY_HAND, LINES, LINK


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
    partner = world.choose(partners_with_free_hours(world, own))
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
        _edit_lines(world, wizard)
    getattr(wizard, f"action_{how}")()
    return how


def _edit_lines(world, wizard):
    """Change what is to stand in Exact; lines that are gone or were added go along, or stay."""
    known = wizard.line_ids.filtered(lambda line: line.kind in ("same", "changed"))
    if known and world.chance.random() < 0.7:
        line = world.choose(known)
        line.write({"unit_price": world.chance.choice((70, 99.5)), "name": "As agreed"})
    for line in wizard.line_ids - known:
        line.send = world.chance.random() < 0.7
        if line.kind == "left" and world.chance.random() < 0.5:
            line.quantity = line.hours or 1


def mend_lines(world, own):
    """A bookkeeper puts a line in the place of one of ours, and ours is sent again at once."""

    def send_ours(env):
        told = env[LINK].browse(invoice).action_compare_lines()
        wizard = env[told["res_model"]].browse(told["res_id"])
        _edit_lines(world, wizard)
        wizard.action_send()

    invoice = world.find(own, "open")
    [[guid]] = world.sql("SELECT guid FROM keeping_exact_invoice WHERE id = %s", invoice)
    ours = [row for row in lines_of(world, own, guid) if row.get("Notes") != BY_HAND]
    put_line(world, own, guid)
    if ours:
        gone = UUID(world.choose(ours)["ID"])
        world.call(own, lambda client: client.delete(LINES, gone))
    world.act(own, send_ours)
    return f"{invoice}"


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


# (step, how often, whether a process that does it may be killed)
STEPS = [
    (ask_process, 3, True),
    (ask_release, 3, True),
    (compare, 4, True),
    (link_existing, 5, True),
    (confirm, 12, True),
    (mend_lines, 4, False),
]
