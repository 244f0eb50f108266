"""Cost centre and cost unit, by which Exact splits what is booked besides the ledger account."""

from typing import NamedTuple


class Cost(NamedTuple):
    """One of the two.

    :param str model: where those of an administration are kept
    :param str code_field: of tasks, projects and employees: the code they bear
    :param str line_field: of a line of an invoice
    :param str use_field: of a ledger account: whether it demands one
    :param str exact: what Exact calls it on a line (API reference, chapter 4.4)
    """

    model: str
    code_field: str
    line_field: str
    use_field: str
    exact: str


COSTS = (
    Cost(
        "keeping.exact.cost.centre",
        "keeping_exact_cost_centre",
        "cost_centre_id",
        "cost_centre_use",
        "CostCenter",
    ),
    Cost(
        "keeping.exact.cost.unit",
        "keeping_exact_cost_unit",
        "cost_unit_id",
        "cost_unit_use",
        "CostUnit",
    ),
)
