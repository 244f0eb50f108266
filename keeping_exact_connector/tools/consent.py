"""The question for consent that is on its way through Exact, as the ``state`` parameter.

Exact offers no PKCE (API reference, chapter 1.2 knows no such parameter). What stands in for it,
against a code of somebody else that is slipped in and against one that is caught:

- the state is signed here, for one user, organisation and connection, and for 30 minutes;
- it holds a nonce that the database keeps with the connection: asking again replaces it, and an
  answer takes it, whatever comes of that answer. So there is one open question per connection,
  with one answer;
- the callback wants the Odoo session of that very user. Exact's answer in another browser is
  worth nothing there;
- a code is of no use without the client secret, which never goes to the browser.
"""

import time
from typing import NamedTuple

from odoo.tools import hash_sign, verify_hash_signed

SCOPE = "keeping_exact_connector.oauth"
# A person has to log in at Exact and read the question, perhaps look for a phone. Seconds.
LIFE = 30 * 60
#: Longest state and code that are looked at; Exact's whole address has 6,000 characters at most.
MAX_LENGTH = 6000


class Question(NamedTuple):
    """What the callback has to know again of the question.

    :param int expires: seconds since 1970
    :param str redirect_uri: the address that was given to Exact: trading the code needs the same
    :param bool hand_over: another Exact user was to log in
    """

    connection_id: int
    user_id: int
    company_id: int
    nonce: str
    expires: int
    redirect_uri: str
    hand_over: bool

    @property
    def is_late(self):
        """Whether it was asked too long ago."""
        return time.time() >= self.expires


def sign(env, question):
    """Return the state for a question.

    :param env: a superuser's environment
    """
    return hash_sign(env, SCOPE, list(question))


def read(env, state):
    """Return the question that a state was made for, or None when it is not of our making.

    The age is not looked at: who is late is told so.

    :param env: a superuser's environment
    :param state: whatever came with the request
    """
    if not state or len(state) > MAX_LENGTH:
        return None
    try:
        return Question(*verify_hash_signed(env, SCOPE, state))
    except (TypeError, ValueError):
        return None
