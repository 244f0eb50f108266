"""Texts that name a few of many."""

# How many are named before it goes on with dots.
MOST = 3


def list_some(texts, separator=", "):
    """Return the first few texts one after the other, and dots when there are more.

    :param list texts: all of them, or no more than ``MOST + 1`` where reading them costs something
    """
    return separator.join(texts[:MOST]) + (" …" if len(texts) > MOST else "")
