"""The form of a message."""

from typing import NamedTuple


class Message(NamedTuple):
    """What to tell a person.

    :param text: what went wrong; ``%(text)s`` stands for Exact's own words
    :param remedy: what to do about it, with the path in Exact's menus
    :param step: where to go from here: ``partner``, ``administration``, ``connection`` or
        ``exact``; empty when trying again is all there is
    """

    text: str
    remedy: str
    step: str = ""
