"""How a question for consent ended, other than with a connection (API reference, chapter 1)."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_AGAIN = _lt("Go back to the connection and click %(button)s.")


class Ending(NamedTuple):
    """What to tell at the end.

    :param title: in a few words
    :param text: what happened; ``%(text)s`` stands for what came along
    :param remedy: what to do; ``%(button)s`` stands for the button on the connection
    :param unchanged: whether a connection that worked still does, for sure
    :param step: where to go: ``connection``, ``connections``, ``login`` or ``home``
    """

    title: str
    text: str
    remedy: str
    unchanged: bool = True
    step: str = "connection"


NOT_CONNECTED = _lt("Not connected with Exact Online")
NOTHING_CHANGED = _lt("Nothing was changed")

ENDINGS = {
    "no_question": Ending(
        NOT_CONNECTED,
        _lt("This page was not opened from a question of yours to Exact Online."),
        _lt("Go to your connections, open the one you want and click Start connecting."),
        step="connections",
    ),
    "switched_off": Ending(
        NOTHING_CHANGED,
        _lt("The answer of Exact Online was not used. %(text)s"),
        _lt("Once it is on again, go back to the connection and click %(button)s."),
    ),
    "late": Ending(
        NOT_CONNECTED,
        _lt("It took longer than half an hour to come back from Exact Online."),
        _AGAIN,
    ),
    "stale": Ending(
        NOTHING_CHANGED,
        _lt(
            "This answer of Exact Online does not count any more: it was used before, the question "
            "was asked anew, or the connection was changed meanwhile."
        ),
        _lt("Look at the connection. If it is not connected, click %(button)s there."),
    ),
    "busy": Ending(
        NOTHING_CHANGED,
        _lt("Somebody else was changing this connection at the same moment."),
        _AGAIN,
    ),
    "other_user": Ending(
        NOT_CONNECTED,
        _lt("Another user of this Odoo asked Exact Online; you are logged in as %(text)s."),
        _lt(
            "Log in as the one who asked and start again. Or start yourself, if you may connect "
            "with Exact Online: go to your connections and click Start connecting."
        ),
        step="login",
    ),
    "no_right": Ending(
        NOT_CONNECTED,
        _lt("You may not connect this organisation with Exact Online (any more)."),
        _lt(
            "Ask whoever manages the users of this Odoo for the right Exact Online set-up: "
            "Administrator, then click Start connecting again."
        ),
        step="home",
    ),
    "deleted": Ending(
        NOT_CONNECTED,
        _lt("The connection was deleted while you were at Exact Online."),
        _lt("Make a new one and click Start connecting there."),
        step="connections",
    ),
    "moved": Ending(
        NOTHING_CHANGED,
        _lt("The connection was given to another organisation while you were at Exact Online."),
        _AGAIN,
    ),
    "refused": Ending(
        NOT_CONNECTED,
        _lt("You did not allow access, so nothing was changed."),
        _lt("When you do want to connect, go back to the connection and click %(button)s."),
    ),
    "told_error": Ending(
        NOT_CONNECTED,
        _lt("Exact Online ended the question with an error of its own: %(text)s."),
        _lt(
            "Compare the client ID and the redirect URI of the connection with "
            "apps.exactonline.com > Manage my apps, then click %(button)s. If both are right, try "
            "again later."
        ),
    ),
    "code_refused": Ending(
        NOT_CONNECTED,
        _lt(
            "Exact Online does not accept its own answer any more: it is good for three minutes "
            "and for one use."
        ),
        _AGAIN,
    ),
    "app_refused": Ending(
        NOT_CONNECTED,
        _lt("Exact Online does not accept the app: %(text)s"),
        _lt(
            "Compare the client ID, client secret and redirect URI of the connection with "
            "apps.exactonline.com > Manage my apps, then click %(button)s."
        ),
    ),
    "unreachable": Ending(
        NOT_CONNECTED,
        _lt("Exact Online cannot be reached at this moment."),
        _lt("Wait some minutes, then go back to the connection and click %(button)s."),
    ),
    "no_answer": Ending(
        NOT_CONNECTED,
        _lt("Exact Online broke off before it gave the permission."),
        _lt(
            "Wait some minutes, then go back to the connection and click %(button)s. Exact may "
            "have ended an older connection of the same Exact user; connecting again puts that "
            "right."
        ),
        unchanged=False,
    ),
    "unfinished": Ending(
        NOT_CONNECTED,
        _lt("Exact Online gave permission, but could not be read afterwards: %(text)s"),
        _lt(
            "Wait some minutes, then go back to the connection and click %(button)s. Exact may "
            "have ended an older connection of the same Exact user; connecting again puts that "
            "right."
        ),
        unchanged=False,
    ),
    "not_here": Ending(NOT_CONNECTED, "%(text)s", _AGAIN),
    "cannot_open": Ending(
        NOTHING_CHANGED,
        _lt(
            "%(user)s cannot open these administrations, which are linked through this connection: "
            "%(text)s."
        ),
        _lt(
            "In Exact Online, give this user access to them, and tick them when Exact Online asks "
            "what to allow. Then go back to the connection and click the same button again. Or "
            "unlink them first, or connect this Exact user with a new connection."
        ),
    ),
    "same_user": Ending(
        _lt("Not handed over"),
        _lt(
            "You logged in to Exact Online as %(user)s, on whom this connection depends already. "
            "The connection was renewed and works."
        ),
        _lt(
            "To hand it over, go back to the connection and click Hand over to another Exact user; "
            "then have that user log in at Exact Online."
        ),
    ),
}


def explain_ending(env, code, button, **values):
    """Return an :class:`Ending` with its sentences in the language of *env*.

    :param str code: of ENDINGS
    :param str button: what to click on the connection
    :param values: ``text`` and ``user``, where the sentences name them
    """
    ending = ENDINGS[code]

    def fill(sentence):
        text = str(env._(sentence))  # pylint: disable=W8301
        for name, value in {"button": button, **values}.items():
            text = text.replace(f"%({name})s", value or "")
        return text

    return ending._replace(
        title=fill(ending.title), text=fill(ending.text), remedy=fill(ending.remedy)
    )
