"""Puts questions to Exact and sorts out what a refusal means (API reference, chapter 5.1)."""

from .. import exact_online
from ..tools.messages import recognise, text_of
from .facts import UNASKED, Answer, Refusal

DIVISIONS, RIGHTS = "system/Divisions", "users/UserHasRights"
JOURNALS, VAT_CODES = "financial/Journals", "vat/VATCodes"
PAYMENT_CONDITIONS = "cashflow/PaymentConditions"
PERIODS, STATUSES = "financial/FinancialPeriods", "read/financial/JournalStatusList"
ACCOUNTS, ITEMS, ITEM_GROUPS = "crm/Accounts", "logistics/Items", "logistics/ItemGroups"
INVOICES, PRINTED = "salesinvoice/SalesInvoices", "salesinvoice/PrintedSalesInvoices"

# Scope of each address, as the registration of an app names it (chapter 4.0).
SCOPES = {
    DIVISIONS: "Organization administration",
    RIGHTS: "Organization administration",
    JOURNALS: "Financial generalledgers",
    VAT_CODES: "Financial accounting",
    PERIODS: "Financial accounting",
    STATUSES: "Financial accounting",
    PAYMENT_CONDITIONS: "Financial cashflow",
    ACCOUNTS: "Crm accounts",
    ITEMS: "Logistics items",
    ITEM_GROUPS: "Logistics items",
    INVOICES: "Sales invoices",
}
# Refusals that hold for every call in the administration; another one only costs another error.
EVERYWHERE = (
    "division_blocked",
    "licence_blocked",
    "licence_expired",
    "no_division",
    "no_division_access",
    "user_blocked",
)


class Asker:
    """Asks, and leaves alone what is known to be refused.

    Of what goes wrong only refusals become facts. That Exact cannot be reached, that a limit is
    reached or that the connection is over says nothing of the administration, and is raised.

    :param exact_online.Client client: a client of the administration
    :param Facts facts: what is known already, and where to note what is refused
    :param doubtful: addresses that were not shown last time: the right is asked for first, since
        reading without it may be answered with 403 and count as an error (chapter 2)
    """

    def __init__(self, client, facts, doubtful=()):
        self._client = client
        self._facts = facts
        self._doubtful = doubtful

    def divisions(self, number):
        """Return the administrations that user and app may open."""
        return self._ask(DIVISIONS, lambda: self._client.divisions(number))

    def rows(self, endpoint, select, where=None):
        """Return a list, whole: for those that are short."""
        return self._ask(
            endpoint, lambda: list(self._client.rows(endpoint, select=select, where=where))
        )

    def first(self, endpoint, select, where, order_by=None):
        """Return one row, or none."""

        def ask():
            row = self._client.first(endpoint, select=select, where=where, order_by=order_by)
            return [row] if row else []

        return self._ask(endpoint, ask)

    def right(self, endpoint, method):
        """Return whether the user has a right, None when that cannot be asked."""
        key = (endpoint, method)
        if key not in self._facts.rights:
            answer = self._ask(RIGHTS, lambda: [self._client.has_right(endpoint, method)])
            self._facts.rights[key] = answer.rows[0] if answer.rows else None
        return self._facts.rights[key]

    def _ask(self, endpoint, call):
        scope = SCOPES[endpoint]
        if scope in self._facts.missing_scopes:
            return Answer(refusal=Refusal("no_scope", self._facts.missing_scopes[scope]))
        if endpoint in self._doubtful and self.right(endpoint, "GET") is False:
            return Answer(refusal=Refusal("right_missing"))
        if self._facts.closed:
            return UNASKED
        try:
            return Answer(call())
        except exact_online.NoRight as error:
            return Answer(refusal=self._sort_out(endpoint, error))
        except exact_online.Refused as error:
            return Answer(refusal=Refusal("refused", text_of(error)))

    def _sort_out(self, endpoint, error):
        code = recognise.right_code(error.reason, error.messages, error.cause)
        refusal = Refusal(code, text_of(error))
        if code == "no_scope":
            self._facts.missing_scopes[SCOPES[endpoint]] = refusal.text
        elif code in EVERYWHERE:
            self._facts.closed, self._facts.closed_by = refusal, error
        elif code == "no_right" and endpoint != RIGHTS:
            # One body for a lacking right and for a lacking module; only this tells (chapter 5.1).
            right = self.right(endpoint, "GET")
            if right is not None:
                code = "licence_module" if right else "right_missing"
            refusal = Refusal(code, refusal.text)
        return refusal
