"""What may be known of an administration in Exact."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Refusal(NamedTuple):
    """Why there is no answer.

    :param code: of ``tools.messages.rights``, or ``not_asked``, ``right_missing`` (UserHasRights
        says so), ``licence_module`` (the right is there, the licence lacks the module), ``refused``
    :param text: Exact's own words
    """

    code: str
    text: str = ""


NOT_ASKED = Refusal("not_asked")


class Answer(NamedTuple):
    """Rows of Exact, or why there are none."""

    rows: list = ()
    refusal: Refusal | None = None


class Chosen(NamedTuple):
    """What is chosen here, to be found in Exact. Codes and GUIDs, or nothing.

    :param item: how the hours item is called here; without ``item_guid`` it is still to be made
    """

    division: int
    today: date
    journal: str = ""
    vat_code: str = ""
    payment_condition: str = ""
    item: str = ""
    item_guid: str = ""


UNASKED = Answer(refusal=NOT_ASKED)


@dataclass
class Facts:
    """Answers of Exact in one run; what was not asked is :data:`UNASKED`.

    :param rights: (endpoint, method) to whether the user has the right
    :param missing_scopes: name of a scope that the app lacks, to Exact's own words
    :param closed: why nothing can be asked in this administration at all, or None
    :param closed_by: the error that said so
    """

    divisions: Answer = UNASKED
    journals: Answer = UNASKED
    vat_codes: Answer = UNASKED
    payment_conditions: Answer = UNASKED
    periods: Answer = UNASKED
    closed_periods: Answer = UNASKED
    accounts: Answer = UNASKED
    item: Answer = UNASKED
    any_item: Answer = UNASKED
    item_groups: Answer = UNASKED
    invoices: Answer = UNASKED
    rights: dict = field(default_factory=dict)
    missing_scopes: dict = field(default_factory=dict)
    closed: Refusal | None = None
    closed_by: Exception | None = None
