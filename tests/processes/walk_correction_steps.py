"""Billed hours that are corrected knowingly, and what becomes of the difference."""

from walk_steps import AMOUNTS, pick_hours, press_on, timesheet_of


def correct(world, own):
    """Give billed hours another number knowingly, with a reason."""

    def press(env):
        action = timesheet_of(env, timesheet).action_keeping_exact_correct()
        wizard = env[action["res_model"]].browse(action["res_id"])
        wizard.write({"unit_amount": amount, "reason": "Two meetings were one"})
        wizard.action_confirm()

    timesheet, amount = pick_hours(world, own, live=True), world.chance.choice((0, *AMOUNTS))
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


add_corrections = press_on("action_add_corrections", "draft")


# (step, how often, whether a process that does it may be killed)
STEPS = [
    (correct, 5, False),
    (settle, 2, True),
    (waive, 1, True),
    (add_corrections, 1, True),
]
