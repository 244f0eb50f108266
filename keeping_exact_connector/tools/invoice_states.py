"""The order of the states of an invoice link: which may follow which.

``docs/architecture.md`` shows it as a picture; a test sets the two against each other.
"""

#: State → the states that may come next. Staying what it is, is no change.
FOLLOWS = {
    "draft": ("queued", "cancelled"),
    "queued": ("sending", "failed", "cancelled"),
    "sending": ("open", "queued", "uncertain", "failed"),
    # A person may have changed or deleted what came of it: then a person says what it is.
    "uncertain": ("open", "queued", "failed"),
    # Open: a person says that an invoice found in Exact is this one.
    "failed": ("queued", "open", "cancelled"),
    "open": ("processed", "disconnected", "removed"),
    # Exact documents that a processed invoice cannot be removed (API reference, chapter 4.3);
    # should it tell of one all the same, it is not there.
    "processed": ("paid", "credited", "disconnected", "removed"),
    # A payment that was matched may be unmatched (chapter 4.15).
    "paid": ("processed", "credited", "disconnected", "removed"),
    # The credit note was linked by mistake: back to what it was.
    "credited": ("processed", "paid"),
    "removed": (),
    "disconnected": (),
    "cancelled": (),
}


class WrongOrder(Exception):
    """A state was written that may not follow, or nobody said why: a fault in the program."""


def find_way(start, end):
    """Return the states from one to another, the shortest way, without the first.

    :return: a list; empty where nothing leads there
    """
    ways, seen = [[start]], {start}
    for way in ways:
        if way[-1] == end:
            return way[1:]
        new = [state for state in FOLLOWS[way[-1]] if state not in seen]
        seen.update(new)
        ways.extend([*way, state] for state in new)
    return []
