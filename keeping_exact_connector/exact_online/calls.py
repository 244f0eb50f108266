"""The record of one call, for a call log."""

from dataclasses import dataclass

from .budget import Budget


@dataclass(frozen=True)
class Call:
    """One HTTP call to Exact, as an observer sees it; nothing in it is secret.

    Repeats are calls of their own: each one counts for Exact's limits (ch. 2).

    :param method: ``GET``, ``POST``, ``PUT`` or ``DELETE``.
    :param path: path of the address, without the query: filters hold personal data.
    :param status: HTTP status, ``None`` when no answer came.
    :param duration: seconds.
    :param budget: what is left after the call, as far as known.
    :param outcome: ``ok``, or the name of the error's class.
    :param reference: the caller's own reference of what the call is about.
    """

    method: str
    path: str
    status: int | None
    duration: float
    budget: Budget | None
    outcome: str
    reference: str | None = None
