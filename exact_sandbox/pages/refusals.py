"""A form that was refused: what it did is undone, and its page comes back with the reason."""

from contextlib import contextmanager

from ..errors import ApiError


class Refused(Exception):
    """Something a person asked for cannot be done.

    :param show: a function of the reason that returns the page; it runs after the roll-back
    """

    status = 422

    def __init__(self, message, show):
        super().__init__(message)
        self._show = show

    def page(self):
        """Return the page that tells the reason."""
        return self._show(str(self))


@contextmanager
def told_by(show):
    """Turn what the rules of the entities refuse into :class:`Refused`."""
    try:
        yield
    except (ApiError, ValueError) as error:
        raise Refused(str(error), show) from error
