"""What a code of ours means for a person: what went wrong, and what to do about it.

Records store the code and Exact's own text; the sentence is made when somebody reads it, in
that person's language (jobs run without one).
"""

from odoo.tools.translate import LazyTranslate

from .. import exact_online

_lt = LazyTranslate(__name__)

# code -> (what went wrong, what to do). "%(text)s" stands for Exact's own words.
MESSAGES = {
    "refused": (
        _lt("Exact Online refused this: %(text)s"),
        _lt("Correct it in Exact Online or here, then try again."),
    ),
    "no_right": (
        _lt("The Exact user of this connection may not do this: %(text)s"),
        _lt(
            "In Exact Online, go to Master data > Users > Overview, click the user, then "
            "Permissions in the Monitor section, and give the missing right. Then try again."
        ),
    ),
    "no_division": (
        _lt("This administration was not allowed for this app: %(text)s"),
        _lt(
            "In Exact Online, go to My Exact Online > Security centre > Permissions for my apps "
            "> this app > Manage administrations, and move it to the selected ones."
        ),
    ),
    "no_scope": (
        _lt("The app registration at Exact Online lacks a scope: %(text)s"),
        _lt("Add the scope at apps.exactonline.com > Manage my apps, then connect again."),
    ),
    "not_connected": (
        _lt("The connection with Exact Online is no longer valid."),
        _lt("An administrator has to connect again. It is sent by itself afterwards."),
    ),
    "limit": (
        _lt("Exact Online's limit of calls is reached."),
        _lt("It goes on by itself when the limit is reset."),
    ),
    "unreachable": (
        _lt("Exact Online cannot be reached right now. Nothing was sent."),
        _lt("It is tried again by itself."),
    ),
    "unknown_outcome": (
        _lt("Exact Online did not answer, so it is not known whether this arrived."),
        _lt("It is being looked up in Exact Online; nothing is sent twice."),
    ),
    "still_unknown": (
        _lt("It could not be proved whether this arrived in Exact Online."),
        _lt(
            "Check that the Exact user may read sales invoices. The search goes on by itself; "
            "nothing is sent twice."
        ),
    ),
    "unexpected": (
        _lt("Exact Online gave an answer that is not understood: %(text)s"),
        _lt("Try again; if it stays, send this text to support."),
    ),
    "customer_exists": (
        _lt("Exact Online has a customer that looks like this one: %(text)s"),
        _lt("Choose that customer or confirm that a new one is to be made, then try again."),
    ),
    "customer": (
        _lt("The customer could not be made in Exact Online: %(text)s"),
        _lt("Correct the contact here, or choose an existing customer, then try again."),
    ),
    "item": (
        _lt("The hours item could not be made in Exact Online: %(text)s"),
        _lt(
            "Set a default item group in Exact Online, or choose an existing item in the "
            "settings of the administration, then try again."
        ),
    ),
    "internal": (
        _lt("Something went wrong here before anything was sent: %(text)s"),
        _lt("Nothing was sent. Try again; if it stays, send this text to support."),
    ),
}
NO_RIGHT_CODES = {"division": "no_division", "scope": "no_scope"}


def code_of(error):
    """Return the code of MESSAGES for an error of the client.

    :param exact_online.ExactError error: what the client raised
    """
    if isinstance(error, exact_online.NoRight):
        return NO_RIGHT_CODES.get(error.cause, "no_right")
    for kind, code in (
        (exact_online.NotConnected, "not_connected"),
        (exact_online.LimitReached, "limit"),
        (exact_online.Unreachable, "unreachable"),
        (exact_online.UnknownOutcome, "unknown_outcome"),
        (exact_online.UnexpectedAnswer, "unexpected"),
    ):
        if isinstance(error, kind):
            return code
    return "refused"


def text_of(error):
    """Return Exact's own words in an error of the client, whole."""
    return "\n".join(error.messages) if error.messages else str(error)


def explain(env, code, text):
    """Return (message, remedy) for a stored code, in the language of *env*.

    A code that is not known (of an older version, say) shows the text whole.
    """
    if code not in MESSAGES:
        return text or "", ""
    message, remedy = (str(env._(part)) for part in MESSAGES[code])  # pylint: disable=W8301
    return message.replace("%(text)s", text or ""), remedy
