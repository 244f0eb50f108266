"""What a check of an administration found, and what to do about it.

The paths are those of Exact's own menus, as Exact's and others' help pages name them; for rights
and for the permissions of apps they are the seed's, step by step.
"""

from odoo.tools.translate import LazyTranslate

from .message import Message

_lt = LazyTranslate(__name__)

_PERIOD_REMEDY = _lt(
    "Ask the bookkeeper to open the period (Financial > Periods in Exact Online), or give invoices "
    "a date in an open period. Then click Check."
)
_ITEM_REMEDY = _lt(
    "Correct the item in Exact Online (the administration's name > Master data > Items), or choose "
    "another hours item under Defaults for invoices. Then click Check."
)
_GROUP_REMEDY = _lt(
    "In Exact Online, go to the administration's name > Master data > Item groups, open the group "
    "and fill in the ledger accounts for revenue, stock and costs. Then click Check."
)
_TYPE_REMEDY = _lt(
    "This need not be wrong: an Exact user with few rights does not see every list. Take the code "
    "from Exact Online and type it under Defaults for invoices."
)

MESSAGES = {
    "not_asked": Message(
        _lt("Not checked: something above it has to be put right first."),
        "",
    ),
    "unread": Message(
        _lt("Exact Online does not show this to the Exact user, so it was not checked."),
        _lt("This need not be wrong: an Exact user with few rights does not see every list."),
    ),
    "unread_scope": Message(
        _lt("Not checked: the app lacks a scope for it."),
        _lt("See Scopes of the app."),
    ),
    "unread_licence": Message(
        _lt("Not checked: the licence of the administration seems to lack the module."),
        _lt("Ask Exact, or whoever pays for the licence, whether the module is in it."),
    ),
    "unread_refused": Message(
        _lt("Not checked, since Exact Online refused to show it: %(text)s"),
        _lt("Click Check again later."),
    ),
    "division_ok": Message(_lt("The Exact user and the app may open this administration."), ""),
    "division_not_listed": Message(
        _lt("The app or the Exact user may not open this administration."),
        _lt(
            "In Exact Online, click your login name (upper right) > My Exact Online > Go to "
            "Security Center. Under Permissions for my apps, click the app, then Manage "
            "administrations (lower right). Tick the administration under Available "
            "administrations, move it with the arrow to Selected administrations and click Save "
            "and close. If it is not there, the user has no access to it: the administration's "
            "name > Master data > Users > Overview, click the user, then Administrations. Then "
            "click Check."
        ),
    ),
    "division_archived": Message(
        _lt("The administration is archived or no longer active in Exact Online."),
        _lt("Make it active again in Exact Online, or unlink it here. Then click Check."),
    ),
    "scopes_ok": Message(
        _lt(
            "The app may read all that is needed. Whether it may also make it (Manage, for sales "
            "invoices, accounts and items) shows with the first invoice."
        ),
        "",
    ),
    "scopes_missing": Message(
        _lt("The registration of the app at Exact lacks a scope: %(scopes)s."),
        _lt(
            "Go to apps.exactonline.com > Manage my apps, open the app and add the scope; choose "
            "Manage for Sales invoices, Crm accounts and Logistics items, Read for the others. "
            "Then connect again and click Check."
        ),
    ),
    "licence_module": Message(
        _lt(
            "The Exact user has the right, but Exact Online refuses: the licence of the "
            "administration seems to lack the module. %(text)s"
        ),
        _lt("Ask Exact, or whoever pays for the licence, to add the module. Then click Check."),
    ),
    "right_ok": Message(_lt("The Exact user has this right."), ""),
    "right_enter_invoices_missing": Message(
        _lt("The Exact user may not enter invoices, so no invoice can be made."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick Sales / "
            "Enter invoices and click Save. Then click Check."
        ),
    ),
    "right_process_invoices_missing": Message(
        _lt(
            "The Exact user may not print and process invoices: they can be made from here, not "
            "processed."
        ),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick Sales / "
            "Print and process invoices and click Save. Then click Check."
        ),
    ),
    "right_manage_items_missing": Message(
        _lt("The Exact user may not make items, so no item for hours can be made from here."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick General / "
            "Manage items and click Save. Then click Check."
        ),
    ),
    "right_view_items_missing": Message(
        _lt("The Exact user does not see items, so the hours item cannot be chosen or checked."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick General / "
            "View item data and click Save. Then click Check."
        ),
    ),
    "right_manage_accounts_missing": Message(
        _lt("The Exact user may not make customers, so only existing ones can be invoiced."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick Financial "
            "/ Manage accounts and click Save. Then click Check."
        ),
    ),
    "right_view_accounts_missing": Message(
        _lt("The Exact user does not see customers, so none can be found to invoice."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Users > Overview and "
            "click the name of the user. In the Monitor section click Permissions, tick Financial "
            "/ View accounts and click Save. Then click Check."
        ),
    ),
    "year_ok": Message(_lt("Today falls in an open financial year."), ""),
    "year_ends": Message(
        _lt("The last financial year in Exact Online ends on %(date)s."),
        _lt(
            "Make the next one in Exact Online: the administration's name > Master data > "
            "Financial years. Then click Check."
        ),
    ),
    "year_none": Message(
        _lt("Exact Online has no financial year or period for %(date)s."),
        _lt(
            "Make financial year %(year)s in Exact Online: the administration's name > Master data "
            "> Financial years. Then click Check."
        ),
    ),
    "period_shut": Message(
        _lt("Period %(period)s is closed in Exact Online for journal %(journal)s."),
        _PERIOD_REMEDY,
    ),
    "item_group_ok": Message(_lt("New items go to group %(group)s."), ""),
    "item_group_none": Message(
        _lt("Exact Online has no default item group, so no item for hours can be made."),
        _lt(
            "In Exact Online, go to the administration's name > Master data > Item groups, open a "
            "group for services and tick Default. Or choose an existing item under Defaults for "
            "invoices. Then click Check."
        ),
    ),
    "item_group_revenue": Message(
        _lt("The default item group %(group)s has no ledger account for revenue."), _GROUP_REMEDY
    ),
    "item_group_ledgers": Message(
        _lt(
            "The default item group %(group)s has no ledger account for stock or costs; Exact "
            "demands both of a new item."
        ),
        _GROUP_REMEDY,
    ),
    "journal_ok": Message(_lt("Invoices are made in journal %(journal)s."), ""),
    "journal_open": Message(
        _lt(
            "No sales journal is chosen. Exact takes its own default; if it has none, it refuses "
            "the invoice."
        ),
        _lt("Choose a sales journal under Defaults for invoices."),
    ),
    "journal_none": Message(
        _lt("Exact Online has no sales journal that is not blocked."),
        _lt(
            "Make one in Exact Online, of type Sales: the administration's name > Master data > "
            "Journals. Then click Check."
        ),
    ),
    "journal_gone": Message(
        _lt("Journal %(journal)s is no longer in Exact Online."),
        _lt("Choose another sales journal under Defaults for invoices."),
    ),
    "journal_no_sales": Message(
        _lt("Journal %(journal)s is not of type Sales."),
        _lt("Choose a journal of type Sales under Defaults for invoices."),
    ),
    "journal_is_blocked": Message(
        _lt("Journal %(journal)s is blocked in Exact Online."),
        _lt(
            "Unblock it in Exact Online (the administration's name > Master data > Journals), or "
            "choose another one under Defaults for invoices. Then click Check."
        ),
    ),
    "journal_typed": Message(
        _lt(
            "Exact Online does not show its journals to the Exact user; code %(code)s is used "
            "unchecked."
        ),
        _lt("Compare it with Exact Online: the administration's name > Master data > Journals."),
    ),
    "journal_to_type": Message(
        _lt(
            "Exact Online does not show its journals to the Exact user, and none is chosen. Exact "
            "takes its own default; if it has none, it refuses the invoice."
        ),
        _TYPE_REMEDY,
    ),
    "vat_ok": Message(
        _lt("VAT code %(vat)s is used where customer and item have none in Exact."), ""
    ),
    "vat_open": Message(
        _lt(
            "No VAT code is chosen: an invoice whose customer and item have none in Exact cannot "
            "be sent."
        ),
        _lt("Choose a VAT code under Defaults for invoices."),
    ),
    "vat_gone": Message(
        _lt("VAT code %(vat)s is no longer in Exact Online."),
        _lt("Choose another VAT code under Defaults for invoices."),
    ),
    "vat_is_blocked": Message(
        _lt("VAT code %(vat)s is blocked in Exact Online."),
        _lt(
            "Unblock it in Exact Online (the administration's name > Master data > VAT codes), or "
            "choose another one under Defaults for invoices. Then click Check."
        ),
    ),
    "vat_is_included": Message(
        _lt("VAT code %(vat)s includes VAT in the price, and amounts are sent without."),
        _lt("Choose a VAT code of type Excluding under Defaults for invoices."),
    ),
    "vat_purchase": Message(
        _lt("VAT code %(vat)s is for purchases only."),
        _lt("Choose a VAT code for sales under Defaults for invoices."),
    ),
    "vat_typed": Message(
        _lt(
            "Exact Online does not show its VAT codes to the Exact user; code %(code)s is used "
            "unchecked, and totals are shown here without VAT until an invoice is in Exact."
        ),
        _lt("Compare it with Exact Online: the administration's name > Master data > VAT codes."),
    ),
    "vat_to_type": Message(
        _lt(
            "Exact Online does not show its VAT codes to the Exact user, and none is chosen: an "
            "invoice whose customer and item have none in Exact cannot be sent."
        ),
        _TYPE_REMEDY,
    ),
    "payment_ok": Message(
        _lt("Payment condition %(payment)s is used where the customer has none in Exact."), ""
    ),
    "payment_open": Message(
        _lt(
            "None is chosen: the customer's own holds, else the default one in Exact Online. Exact "
            "shows no program which that is; if there is none, it refuses the invoice and says so."
        ),
        "",
    ),
    "payment_gone": Message(
        _lt("Payment condition %(payment)s is no longer in Exact Online."),
        _lt(
            "Choose another one under Defaults for invoices, or none. In Exact Online they are "
            "under the administration's name > Master data > Payment conditions."
        ),
    ),
    "payment_typed": Message(
        _lt(
            "Exact Online does not show its payment conditions to the Exact user; code %(code)s is "
            "used unchecked."
        ),
        _lt(
            "Compare it with Exact Online: the administration's name > Master data > Payment "
            "conditions."
        ),
    ),
    "item_ok": Message(_lt("Hours are invoiced on item %(item)s."), ""),
    "item_to_make": Message(
        _lt("None is chosen: an item for hours is made in Exact with the first invoice."), ""
    ),
    "item_planned": Message(_lt("Item %(item)s is made in Exact with the first invoice."), ""),
    "item_proposed": Message(
        _lt(
            "None is chosen: an item for hours is made in Exact with the first invoice. Item "
            "%(item)s in Exact would do."
        ),
        _lt("To use that one, choose it under Defaults for invoices."),
    ),
    "item_unmakeable": Message(
        _lt("None is chosen, and none can be made: see the right to manage items and item group."),
        _lt("Put that right, or choose an existing item under Defaults for invoices."),
    ),
    "item_gone": Message(
        _lt("Item %(item)s is no longer in Exact Online."),
        _lt("Choose another hours item under Defaults for invoices, or none."),
    ),
    "item_no_sales": Message(_lt("Item %(item)s is not one that is sold."), _ITEM_REMEDY),
    "item_ended": Message(_lt("The end date of item %(item)s has passed."), _ITEM_REMEDY),
    "item_whole": Message(
        _lt("Item %(item)s takes whole numbers only, and hours have fractions."), _ITEM_REMEDY
    ),
    "item_stock": Message(
        _lt("Item %(item)s is kept in stock: Exact would count hours as goods."), _ITEM_REMEDY
    ),
}
