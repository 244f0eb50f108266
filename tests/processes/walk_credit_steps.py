"""Credits: found in Exact and confirmed by a person, made from here, given up or undone."""

from walk_dialog_steps import CONFIRMED
from walk_world import LINK

CREDITABLE = ("processed", "processed", "paid")


def _choose(world, own, open_choice):
    """Open the choice of lines and hours, which is answered later."""
    invoice = world.find(own, *CREDITABLE)
    told = world.act(own, lambda env: open_choice(env[LINK].browse(invoice)))
    own.dialogs = [*own.dialogs[-5:], ("credit", told["res_model"], told["res_id"])]
    return f"{invoice}"


def make_credit(world, own):
    return _choose(world, own, lambda link: link.action_make_credit())


def find_credit(world, own):
    def choose(link):
        told = link.action_find_credits()
        found = link.env[told["res_model"]].browse(told["res_id"])
        return world.choose(found.candidate_ids).action_choose()

    return _choose(world, own, choose)


def confirm_credit(world, choice):
    """Tick some of the hours, and save."""
    hours = choice.hour_ids
    chosen = world.chance.sample(range(len(hours)), world.chance.randrange(len(hours) + 1))
    for position, hour in enumerate(hours):
        hour.chosen = position in chosen or len(chosen) == 1
    if choice.mode == "made":
        choice.action_make()
    else:
        choice.accept_difference = True
        choice.action_confirm()
    return f"{choice.mode} {len(chosen)} hours"


CONFIRMED["credit"] = confirm_credit


def _press(action, *states):
    def press(world, own):
        rows = world.sql(
            "SELECT id FROM keeping_exact_credit WHERE administration_id = %s"
            " AND state = ANY(%s) ORDER BY id",
            own.administration,
            list(states),
        )
        credit = world.choose([row[0] for row in rows][-15:])
        world.act(own, lambda env: getattr(env["keeping.exact.credit"].browse(credit), action)())
        return f"{credit}"

    press.__name__ = f"credit_{action}"
    return press


STEPS = [
    (make_credit, 5, True),
    (find_credit, 5, True),
    (_press("action_retry", "failed", "waiting", "uncertain"), 2, True),
    (_press("action_give_up", "waiting", "failed"), 1, True),
    (_press("action_undo", "done"), 1, True),
]
