"""What stands on an hours specification, as texts that are ready to be drawn."""

from dataclasses import dataclass, field

#: What an entry may show, in the order of the columns. Numbers stand to the right.
COLUMNS = ("date", "person", "task", "text", "worked", "hours", "amount")
NUMBERS = ("worked", "hours", "amount")


@dataclass(frozen=True)
class Entry:
    """One billed entry of a timesheet, or a sum of several: the texts of its columns."""

    date: str = ""
    person: str = ""
    task: str = ""
    text: str = ""
    worked: str = ""
    hours: str = ""
    amount: str = ""


@dataclass(frozen=True)
class Group:
    """The entries of one project.

    :param str name: of the project
    :param Entry total: its sums, with the word for them as ``text``
    """

    name: str
    entries: list
    total: Entry


@dataclass(frozen=True)
class Specification:
    """All texts of one specification, in the customer's language.

    :param str language: of the texts, such as ``nl-NL``
    :param dict labels: heading of each column that is shown, by a name of :data:`COLUMNS`
    :param list recipient: lines of name and address of the customer
    :param list facts: pairs of a label and a value, such as the period
    :param list groups: of :class:`Group`; with one, its name and sums are not repeated
    :param Entry total: the sums of all, with the word for them as ``text``
    :param bytes logo: a picture of the organisation, or None
    """

    title: str
    organisation: str
    language: str
    labels: dict
    recipient: list
    facts: list
    groups: list
    total: Entry
    footer: str = ""
    logo: bytes | None = field(default=None, repr=False)
