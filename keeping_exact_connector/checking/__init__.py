"""The checks of an administration: is everything in Exact as invoicing hours needs it?

- ``facts`` says what may be known of an administration in Exact,
- ``asking`` puts the questions, ``gathering`` says which, with as few calls as possible,
- ``rules`` turns facts into results, one small function a check, without a call,
- ``periods`` looks a date up among the financial periods.

None of it writes anything: ``models/keeping_exact_administration_checks.py`` stores the results.

Which call decides what, in the order of the calls (API reference, chapter in brackets):

======================================  =========================================================
Call                                    Decides
======================================  =========================================================
system/Divisions (4.2)                  division_access; costs no error when the answer is no.
                                        An administration that is not in it is not called into.
financial/Journals (4.13)               journal; the list to choose from
vat/VATCodes (4.12)                     vat_code; the list to choose from
cashflow/PaymentConditions (4.14)       payment_condition; the list to choose from
financial/FinancialPeriods (4.13)       fiscal_year: is there a year
read/financial/JournalStatusList (4.13)  fiscal_year: is it closed for the journal
UserHasRights (4.18), four times        right_enter_invoices, right_process_invoices,
                                        right_manage_items, right_manage_accounts: POST tells
                                        nothing without making something
crm/Accounts, one row (4.8)             right_view_accounts: a row proves it; none, and
                                        UserHasRights is asked (5.2: empty is not absent)
logistics/Items, one row (4.10)         right_view_items, likewise; hours_item; without one chosen,
                                        which item would fit
logistics/ItemGroups (4.11)             item_group
salesinvoice/SalesInvoices, one row     the journal of the latest invoice, as a default
======================================  =========================================================

Fourteen calls, of which six bring what is shown elsewhere too. ``app_scopes``, and what the
licence lacks, come along with them: only a refused call tells (5.1), and such a call counts as an
error (2). So the other addresses of a scope that is missing are left alone, and one refusal that
concerns the whole administration ends the run. A list that was not shown last time is not asked for
again while UserHasRights says no, since some answer 403 instead of nothing. That leaves at most one
error per address and run, and none where all is in order.
"""
