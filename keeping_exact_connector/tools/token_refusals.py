"""What Exact's refusal of a refresh token means, as far as its answers tell (chapters 1.5, 1.6)."""

from .. import exact_online

# Answers of something on the way to Exact, such as a proxy, when no words of Exact are in them.
_OF_THE_WAY = (404, 405, 413, 415)


def tells_nothing(error):
    """Tell whether a refusal leaves open what Exact thinks of the token.

    :param exact_online.ExactError error: NotConnected, or Refused for the app itself
    """
    return error.status in _OF_THE_WAY and not any(error.messages)


def health_code_of(error, unanswered):
    """Return the code of messages.HEALTH for a refused renewal.

    :param exact_online.ExactError error: NotConnected, or Refused for the app itself
    :param bool unanswered: the renewal before this one, with the same token, was not answered
    """
    if isinstance(error, exact_online.Refused):
        return "app_refused"
    text = " ".join([*error.messages, error.reason]).lower()
    if "expired at" in text:
        return "expired"
    if "old refresh token" in text:
        # Used up, and by whom? This database stores the new token before it does anything else.
        return "answer_lost" if unanswered else "used_elsewhere"
    if "chainid" in text:
        # A new consent of the same user and app, or access that was withdrawn: what Exact answers
        # after that is not known (chapter 11, 1).
        return "replaced"
    if error.status == 403:
        return "revoked"
    return "reconnect"
