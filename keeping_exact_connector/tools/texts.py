"""Texts as people read them: a few of many, and hours."""

# How many are named before it goes on with dots.
MOST = 3


def list_some(texts, separator=", "):
    """Return the first few texts one after the other, and dots when there are more.

    :param list texts: all of them, or no more than ``MOST + 1`` where reading them costs something
    """
    return separator.join(texts[:MOST]) + (" …" if len(texts) > MOST else "")


def clock(hours):
    """Return hours as people read them: 0:10 for ten minutes."""
    minutes = round(hours * 60)
    sign = "-" if minutes < 0 else ""
    return f"{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02}"
