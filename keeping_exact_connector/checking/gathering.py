"""Which questions to ask, in which order. The package's docstring says what each decides."""

from datetime import datetime, timedelta
from uuid import UUID

from .. import exact_online
from . import rules
from .asking import (
    ACCOUNTS,
    INVOICES,
    ITEM_GROUPS,
    ITEMS,
    JOURNALS,
    PAYMENT_CONDITIONS,
    PERIODS,
    PRINTED,
    STATUSES,
    VAT_CODES,
)
from .periods import CLOSED

SALES = 20
# A condition that every row meets: these lists must be filtered (API reference, chapter 3.4).
ALWAYS = exact_online.ge("Modified", datetime(2000, 1, 1))
ITEM = [
    "ID",
    "Code",
    "Description",
    "IsSalesItem",
    "IsStockItem",
    "IsFractionAllowedItem",
    "EndDate",
]
ITEM_GROUP = ["ID", "Code", "Description", "IsDefault", "GLRevenue", "GLStock", "GLCosts"]
PERIOD = ["ID", "FinYear", "FinPeriod", "StartDate", "EndDate"]
STATUS = ["Journal", "Year", "Period", "Status"]
#: Invoices older than this say little about the journal that is in use.
LATELY = timedelta(days=400)


def gather_lists(asker, facts, chosen, selects):
    """Ask which administrations are open, and read the short lists of this one.

    :param dict selects: names of properties to read of journals, VAT codes and payment conditions,
        by endpoint
    """
    if facts.divisions.refusal and facts.divisions.refusal.code == "not_asked":
        facts.divisions = asker.divisions(chosen.division)
    if not rules.may_call(facts, chosen):
        return
    facts.journals = asker.rows(JOURNALS, selects[JOURNALS])
    facts.vat_codes = asker.rows(VAT_CODES, selects[VAT_CODES])
    facts.payment_conditions = asker.rows(PAYMENT_CONDITIONS, selects[PAYMENT_CONDITIONS])
    # The year before, for invoices of last month in January; what is older is history.
    year = chosen.today.year - 1
    facts.periods = asker.rows(PERIODS, PERIOD, exact_online.ge("FinYear", year))
    if facts.periods.rows:
        facts.closed_periods = asker.rows(
            STATUSES,
            STATUS,
            exact_online.all_of(
                exact_online.ge("Year", year),
                exact_online.eq("Status", CLOSED),
                exact_online.eq("JournalType", SALES),
            ),
        )


def gather_rights(asker, facts, chosen):
    """Ask for the rights of the user, and look at items, item groups and invoices."""
    if not rules.may_call(facts, chosen):
        return
    for endpoint in (INVOICES, PRINTED, ITEMS, ACCOUNTS):
        asker.right(endpoint, "POST")
    facts.accounts = asker.first(ACCOUNTS, ["ID"], ALWAYS)
    if not facts.accounts.rows and not facts.accounts.refusal:
        asker.right(ACCOUNTS, "GET")
    _gather_item(asker, facts, chosen)
    facts.item_groups = asker.rows(ITEM_GROUPS, ITEM_GROUP)
    lately = datetime.combine(chosen.today - LATELY, datetime.min.time())
    facts.invoices = asker.first(
        INVOICES,
        ["InvoiceID", "Journal"],
        exact_online.ge("Created", lately),
        # Slow in Exact, so only when the order matters.
        order_by=None if chosen.journal else "Created desc",
    )


def _gather_item(asker, facts, chosen):
    if chosen.item_guid:
        where = exact_online.eq("ID", UUID(chosen.item_guid))
    else:
        where = exact_online.all_of(
            ALWAYS, exact_online.eq("IsSalesItem", True), exact_online.eq("IsTime", 1)
        )
    facts.item = asker.first(ITEMS, ITEM, where)
    if facts.item.rows or facts.item.refusal:
        return
    if asker.right(ITEMS, "GET") and chosen.item_guid:
        # That it is gone is believed when another one is seen (chapter 5.2).
        facts.any_item = asker.first(ITEMS, ["ID"], ALWAYS)
