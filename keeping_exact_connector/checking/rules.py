"""One small function a check: facts in, result out. No calls, no database.

``blocked``: something that is offered here will be refused by Exact until it is put right.
``warning``: it works, but look at it. ``unknown``: Exact did not show it, so nothing is claimed.
A list that is empty proves nothing (API reference, chapter 5.2) and is never a reason to block.
"""

from datetime import timedelta
from typing import NamedTuple

from . import periods
from .asking import ACCOUNTS, INVOICES, ITEMS, PRINTED

SALES = 20
# The last days of the last financial year: time to make the next one.
ENDING = timedelta(days=31)
ACTIVE = 1
_UNREAD = {
    "not_asked": "not_asked",
    "no_scope": "unread_scope",
    "licence_module": "unread_licence",
    "no_right": "unread",
    "right_missing": "unread",
}


class Result(NamedTuple):
    """What a check found.

    :param state: ``ok``, ``warning``, ``blocked`` or ``unknown``
    :param message: a code of ``tools.messages.checks`` or ``tools.messages.rights``
    :param params: what to fill in, texts by name
    """

    state: str
    message: str
    params: dict = {}  # noqa: RUF012 (a default that nobody changes)


def run(facts, chosen):
    """Return the result of every check, by code, in the order in which they are shown."""
    return {code: rule(facts, chosen) for code, rule in RULES.items()}


def may_call(facts, chosen):
    """Whether the administration may be called into, as far as is known."""
    if facts.closed:
        return False
    return bool(facts.divisions.refusal) or _division_problem(facts, chosen) is None


def sales_journals(facts):
    """Return the codes of the journals that invoices can be made in."""
    return {
        row["Code"]
        for row in facts.journals.rows
        if row.get("Type") == SALES and not row.get("IsBlocked")
    }


def latest_journal(facts):
    """Return the code of the journal of the latest invoice, or None."""
    return next((row.get("Journal") for row in facts.invoices.rows), None)


def _unread(answer):
    """Return the result of a check whose list was not shown, None when it was."""
    if answer.refusal:
        code = _UNREAD.get(answer.refusal.code, "unread_refused")
        return Result("unknown", code, {"text": answer.refusal.text})
    return None if answer.rows else Result("unknown", "unread")


def _named(row):
    return " · ".join(filter(None, (row.get("Code"), row.get("Description"))))


# Access


def division_access(facts, chosen):
    """User and app may open the administration, and it is active."""
    if facts.closed:
        return Result("blocked", facts.closed.code, {"text": facts.closed.text})
    if facts.divisions.refusal:
        return _unread(facts.divisions)
    return _division_problem(facts, chosen) or Result("ok", "division_ok")


def _division_problem(facts, chosen):
    row = next((row for row in facts.divisions.rows if row["Code"] == chosen.division), None)
    if row is None:
        # Reading this list needs no right of the user (chapter 5.3): what is not in it is closed.
        return Result("blocked", "division_not_listed")
    if row.get("BlockingStatus"):
        return Result("blocked", "division_blocked", {"text": str(row["BlockingStatus"])})
    if row.get("Status") not in (None, ACTIVE):
        return Result("blocked", "division_archived")
    return None


def app_scopes(facts, chosen):
    """The registration of the app has the scopes that reading needs."""
    if facts.missing_scopes:
        return Result(
            "blocked", "scopes_missing", {"scopes": ", ".join(sorted(facts.missing_scopes))}
        )
    if facts.divisions.refusal or not may_call(facts, chosen):
        return Result("unknown", "not_asked")
    return Result("ok", "scopes_ok")


# Rights: the six of the seed


def _right(code, endpoint, method, seen=None):
    """Return the rule of a right.

    :param code: of the check
    :param seen: name of the fact that only shows with the right, or that the licence may lack
    """

    def rule(facts, chosen):
        answer = getattr(facts, seen) if seen else None
        licence = answer and answer.refusal and answer.refusal.code == "licence_module"
        has = facts.rights.get((endpoint, method))
        if has is False:
            return Result("blocked", f"{code}_missing")
        if licence:
            return Result("blocked", "licence_module", {"text": answer.refusal.text})
        if has or (method == "GET" and answer.rows):
            return Result("ok", "right_ok")
        if facts.missing_scopes:
            return Result("unknown", "unread_scope")
        return Result("unknown", "not_asked")

    return rule


# Set-up


def fiscal_year(facts, chosen):
    """Today falls in a financial year that is open for the journal."""
    unread = _unread(facts.periods)
    if unread:
        return unread
    found = periods.from_exact(facts.periods.rows, facts.closed_periods.rows)
    journals = {chosen.journal} if chosen.journal else sales_journals(facts)
    problem = periods.find_problem(found, chosen.today, journals)
    if problem:
        return Result("blocked", *problem)
    if facts.closed_periods.refusal:
        return _unread(facts.closed_periods)
    last = max(period.end for period in found)
    if last - chosen.today < ENDING:
        return Result("warning", "year_ends", {"date": str(last)})
    return Result("ok", "year_ok")


def item_group(facts, chosen):
    """There is a default item group, with the ledger accounts that items need.

    It is needed to make an item; whoever has chosen one that fits can do without.
    """
    unread = _unread(facts.item_groups)
    if unread:
        return unread
    severity = "warning" if _fits(facts, chosen) else "blocked"
    group = next((row for row in facts.item_groups.rows if row.get("IsDefault")), None)
    if group is None:
        return Result(severity, "item_group_none")
    if not group.get("GLRevenue"):
        return Result(severity, "item_group_revenue", {"group": _named(group)})
    if not group.get("GLStock") or not group.get("GLCosts"):
        # Exact demands them of a new item, though hours use neither (chapter 5.4).
        return Result(severity, "item_group_ledgers", {"group": _named(group)})
    return Result("ok", "item_group_ok", {"group": _named(group)})


def journal(facts, chosen):
    """The chosen journal is there, of type sales and not blocked."""
    unread = _unread(facts.journals)
    if unread:
        return _by_hand(unread, "journal", chosen.journal)
    if not chosen.journal:
        if not sales_journals(facts):
            return Result("blocked", "journal_none")
        return Result("warning", "journal_open")
    row = _find(facts.journals, chosen.journal)
    params = {"journal": _named(row) if row else chosen.journal}
    if row is None:
        return Result("blocked", "journal_gone", params)
    if row.get("Type") != SALES:
        return Result("blocked", "journal_no_sales", params)
    if row.get("IsBlocked"):
        return Result("blocked", "journal_is_blocked", params)
    return Result("ok", "journal_ok", params)


def vat_code(facts, chosen):
    """The chosen VAT code is there, for sales, excluding VAT and not blocked."""
    unread = _unread(facts.vat_codes)
    if unread:
        return _by_hand(unread, "vat", chosen.vat_code)
    if not chosen.vat_code:
        return Result("warning", "vat_open")
    row = _find(facts.vat_codes, chosen.vat_code)
    params = {"vat": _named(row) if row else chosen.vat_code}
    if row is None:
        return Result("blocked", "vat_gone", params)
    if row.get("IsBlocked"):
        return Result("blocked", "vat_is_blocked", params)
    if row.get("Type") == "I":
        return Result("blocked", "vat_is_included", params)
    if row.get("VATTransactionType") == "P":
        return Result("blocked", "vat_purchase", params)
    return Result("ok", "vat_ok", params)


def payment_condition(facts, chosen):
    """The chosen payment condition is there; without one Exact's own holds, which no call shows."""
    unread = _unread(facts.payment_conditions)
    if not chosen.payment_condition and (not unread or unread.message == "unread"):
        return Result("ok", "payment_open")
    if unread:
        return _by_hand(unread, "payment", chosen.payment_condition)
    row = _find(facts.payment_conditions, chosen.payment_condition)
    params = {"payment": _named(row) if row else chosen.payment_condition}
    return Result("ok", "payment_ok", params) if row else Result("blocked", "payment_gone", params)


def _find(answer, code):
    return next((row for row in answer.rows if row.get("Code") == code), None)


def _by_hand(unread, kind, code):
    """A list that Exact keeps to itself: what was typed is trusted, else it can be typed."""
    if unread.message != "unread":
        return unread
    if code:
        return Result("unknown", f"{kind}_typed", {"code": code})
    return Result("unknown", f"{kind}_to_type")


def hours_item(facts, chosen):
    """The hours item is for sale, takes fractions, is not kept in stock and has not ended."""
    if facts.item.refusal:
        return _unread(facts.item)
    if not chosen.item_guid:
        return _item_to_make(facts, chosen)
    params = {"item": chosen.item}
    if not facts.item.rows:
        gone = facts.any_item.rows
        return Result("blocked", "item_gone", params) if gone else Result("unknown", "unread")
    row = facts.item.rows[0]
    params = {"item": _named(row)}
    if not row.get("IsSalesItem"):
        return Result("blocked", "item_no_sales", params)
    if row.get("EndDate") and row["EndDate"].date() < chosen.today:
        return Result("blocked", "item_ended", params)
    if not row.get("IsFractionAllowedItem"):
        return Result("blocked", "item_whole", params)
    if row.get("IsStockItem"):
        return Result("warning", "item_stock", params)
    return Result("ok", "item_ok", params)


def _item_to_make(facts, chosen):
    """None chosen: it is made with the first invoice, if right and item group allow that."""
    fitting = next((row for row in facts.item.rows if _takes_hours(row)), None)
    params = {"item": _named(fitting)} if fitting else {}
    no_right = facts.rights.get((ITEMS, "POST")) is False
    no_group = facts.item_groups.rows and item_group(facts, chosen).state != "ok"
    if no_right or no_group:
        return Result("warning", "item_unmakeable", params)
    if chosen.item:
        return Result("ok", "item_planned", {"item": chosen.item})
    return Result("ok", "item_proposed" if fitting else "item_to_make", params)


def _takes_hours(row):
    return (
        row.get("IsSalesItem") and row.get("IsFractionAllowedItem") and not row.get("IsStockItem")
    )


def _fits(facts, chosen):
    """Whether an hours item is chosen that was not found unfit."""
    return bool(chosen.item_guid) and hours_item(facts, chosen).state != "blocked"


RULES = {
    "division_access": division_access,
    "app_scopes": app_scopes,
    "right_enter_invoices": _right("right_enter_invoices", INVOICES, "POST", "invoices"),
    "right_process_invoices": _right("right_process_invoices", PRINTED, "POST"),
    "right_manage_items": _right("right_manage_items", ITEMS, "POST"),
    "right_view_items": _right("right_view_items", ITEMS, "GET", "item"),
    "right_manage_accounts": _right("right_manage_accounts", ACCOUNTS, "POST"),
    "right_view_accounts": _right("right_view_accounts", ACCOUNTS, "GET", "accounts"),
    "fiscal_year": fiscal_year,
    "item_group": item_group,
    "journal": journal,
    "vat_code": vat_code,
    "payment_condition": payment_condition,
    "hours_item": hours_item,
}
