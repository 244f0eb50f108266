"""What Exact's refusals mean (API reference, chapter 5.4; product facts, d.7).

Users, permissions and settings are at the menu paths that Exact's and others' help pages name;
the other lists of an administration are all under its name > Master data.
"""

from odoo.tools.translate import LazyTranslate

from .message import Message

_lt = LazyTranslate(__name__)

_VAT_REMEDY = _lt(
    "Click Read from Exact now on the administration, choose a VAT code there or on the lines "
    "that exists in Exact Online (the administration's name > Master data > VAT codes), then try "
    "again."
)

MESSAGES = {
    "journal_missing": Message(
        _lt("No sales journal is chosen, and Exact Online has no default one: %(text)s"),
        _lt(
            "Choose a sales journal on the administration here, or set a default one in Exact "
            "Online: the administration's name > Settings. Then try again."
        ),
        "administration",
    ),
    "journal_invalid": Message(
        _lt("Exact Online does not know the sales journal: %(text)s"),
        _lt(
            "Click Read from Exact now on the administration and choose another sales journal. In "
            "Exact Online they are under the administration's name > Master data > Journals."
        ),
        "administration",
    ),
    "journal_type": Message(
        _lt("The journal is of the wrong type: %(text)s"),
        _lt(
            "Choose a journal of type Sales on the administration. In Exact Online you see the "
            "type under the administration's name > Master data > Journals."
        ),
        "administration",
    ),
    "journal_blocked": Message(
        _lt("The sales journal is blocked in Exact Online: %(text)s"),
        _lt(
            "Unblock it in Exact Online under the administration's name > Master data > Journals, "
            "or choose another one on the administration here. Then try again."
        ),
        "administration",
    ),
    "year_missing": Message(
        _lt("Exact Online has no financial year or period for the date of the invoice: %(text)s"),
        _lt(
            "Make the financial year in Exact Online: the administration's name > Master data > "
            "Financial years. Or cancel this invoice and make it with a date in an existing year. "
            "Then try again."
        ),
        "exact",
    ),
    "period_closed": Message(
        _lt("The period of the invoice's date is closed in Exact Online: %(text)s"),
        _lt(
            "Ask the bookkeeper to open the period (Financial > Periods in Exact Online), or "
            "cancel this invoice and make it with a date in an open period."
        ),
        "exact",
    ),
    "year_fixed": Message(
        _lt("The date cannot move to another financial year: %(text)s"),
        _lt("Cancel this invoice and make a new one with the other date."),
    ),
    "item_group_missing": Message(
        _lt("Exact Online has no default item group for the hours item: %(text)s"),
        _lt(
            "Set a default item group in Exact Online: the administration's name > Master data > "
            "Item groups. Or choose an existing item on the administration here. Then try again."
        ),
        "administration",
    ),
    "item_group_accounts": Message(
        _lt("The item group has no ledger accounts in Exact Online: %(text)s"),
        _lt(
            "Fill them in in Exact Online: the administration's name > Master data > Item groups, "
            "open the group that is named here. Then try again."
        ),
        "exact",
    ),
    "item_missing": Message(
        _lt("A line has no item: %(text)s"),
        _lt("Choose an hours item on the administration, then try again."),
        "administration",
    ),
    "item_invalid": Message(
        _lt("Exact Online does not accept the item: %(text)s"),
        _lt(
            "Perhaps it was deleted or blocked. Click Read from Exact now on the administration "
            "and choose another hours item, then try again. In Exact Online items are under the "
            "administration's name > Master data > Items."
        ),
        "administration",
    ),
    "item_not_sold": Message(
        _lt("The item is not one that is sold: %(text)s"),
        _lt(
            "Tick Sales on the item in Exact Online (the administration's name > Master data > "
            "Items), or choose another hours item on the administration. Then try again."
        ),
        "administration",
    ),
    "item_blocked": Message(
        _lt("The item is blocked in Exact Online: %(text)s"),
        _lt(
            "Unblock it in Exact Online (the administration's name > Master data > Items), or "
            "choose another hours item on the administration. Then try again."
        ),
        "administration",
    ),
    "quantity_invalid": Message(
        _lt("Exact Online does not accept this number of hours: %(text)s"),
        _lt(
            "The item probably takes whole numbers only. Allow fractions on the item in Exact "
            "Online (the administration's name > Master data > Items), or choose another hours "
            "item on the administration. Then try again."
        ),
        "administration",
    ),
    "unit_missing": Message(
        _lt("The item has no unit in Exact Online: %(text)s"),
        _lt(
            "Fill in a unit on the item in Exact Online (the administration's name > Master data "
            "> Items), or choose another hours item on the administration. Then try again."
        ),
        "administration",
    ),
    "unit_invalid": Message(
        _lt("Exact Online does not know the unit: %(text)s"),
        _lt(
            "Choose another unit on the lines of this invoice, or leave it empty and correct the "
            "unit on the item in Exact Online (the administration's name > Master data > Items). "
            "Then try again."
        ),
        "administration",
    ),
    "customer_missing": Message(
        _lt("The invoice has no customer in Exact Online: %(text)s"),
        _lt("Choose the customer on this invoice, then try again."),
    ),
    "customer_invalid": Message(
        _lt("Exact Online does not know this customer: %(text)s"),
        _lt(
            "Perhaps it was deleted there. Choose another customer on this invoice, or have a new "
            "one made, then try again."
        ),
        "exact",
    ),
    "customer_type": Message(
        _lt("In Exact Online this is no customer but a prospect or supplier: %(text)s"),
        _lt(
            "Open the account in Exact Online and set its status to Customer, or choose another "
            "customer on this invoice. Then try again."
        ),
        "exact",
    ),
    "customer_blocked": Message(
        _lt("The customer is blocked in Exact Online: %(text)s"),
        _lt(
            "Unblock the account in Exact Online, or choose another customer on this invoice. "
            "Then try again."
        ),
        "exact",
    ),
    "payment_condition_missing": Message(
        _lt("Customer and administration have no payment condition: %(text)s"),
        _lt(
            "Choose one on the administration here, or set a default one in Exact Online: the "
            "administration's name > Settings > Financial. Then try again."
        ),
        "administration",
    ),
    "payment_condition_invalid": Message(
        _lt("Exact Online does not know the payment condition: %(text)s"),
        _lt(
            "Click Read from Exact now on the administration and choose another one, then try "
            "again. In Exact Online they are under the administration's name > Master data > "
            "Payment conditions."
        ),
        "administration",
    ),
    "vat_code_invalid": Message(
        _lt("Exact Online does not know the VAT code: %(text)s"), _VAT_REMEDY, "administration"
    ),
    "vat_code_not_allowed": Message(
        _lt("The VAT code is not allowed in the sales journal: %(text)s"),
        _lt(
            "Choose another VAT code on the lines or the administration, or another journal. In "
            "Exact Online you see what a code is for under the administration's name > Master "
            "data > VAT codes."
        ),
        "administration",
    ),
    "vat_percentage": Message(
        _lt("The VAT code does not fit the country of the customer: %(text)s"),
        _lt(
            "Correct the country or the VAT code on the customer's card in Exact Online, or "
            "choose another VAT code on the lines. Then try again."
        ),
        "exact",
    ),
    "vat_included": Message(
        _lt("The VAT does not agree with the total: %(text)s"),
        _lt(
            "The VAT code includes VAT in the price, and amounts are sent without. Choose a VAT "
            "code of type Excluding, here and on the customer's card in Exact Online, then try "
            "again."
        ),
        "administration",
    ),
    "email_invalid": Message(
        _lt("Exact Online does not accept the e-mail address: %(text)s"),
        _lt("Correct the e-mail address on the contact here, then try again."),
        "partner",
    ),
    "gl_account_type": Message(
        _lt("The ledger account of the item is of the wrong type: %(text)s"),
        _lt(
            "Choose a revenue account on the item or its item group in Exact Online: the "
            "administration's name > Master data > Items. Then try again."
        ),
        "exact",
    ),
    "gl_account_invalid": Message(
        _lt("Exact Online does not accept the ledger account: %(text)s"),
        _lt(
            "Correct the revenue account on the item or its item group in Exact Online: the "
            "administration's name > Master data > Items. Then try again."
        ),
        "exact",
    ),
    "cost_center": Message(
        _lt("Exact Online misses a valid cost centre or cost unit: %(text)s"),
        _lt(
            "Give the item or the ledger account a default one in Exact Online: the "
            "administration's name > Master data > Cost centres. Then try again."
        ),
        "exact",
    ),
    "number_in_use": Message(
        _lt("The number is in use in Exact Online: %(text)s"),
        _lt(
            "Look in Exact Online whether this invoice is there already; if so, cancel this one. "
            "Otherwise correct the next number of the journal there, then try again."
        ),
        "exact",
    ),
    "currency_invalid": Message(
        _lt("Exact Online does not accept the currency: %(text)s"),
        _lt(
            "Activate the currency in Exact Online (the administration's name > Master data > "
            "Currencies) or correct it on the customer's card there, then try again."
        ),
        "exact",
    ),
    "invoice_processed": Message(
        _lt("The status of the invoice in Exact Online does not allow this: %(text)s"),
        _lt("A processed invoice cannot be changed. Credit it in Exact Online instead."),
        "exact",
    ),
    "exists": Message(
        _lt("Exact Online has this already: %(text)s"),
        _lt(
            "Look in Exact Online for a customer, item or invoice with the same code. Choose that "
            "one here or change its code, then try again."
        ),
        "exact",
    ),
    "delete_in_use": Message(
        _lt("Exact Online cannot delete this, since it is used elsewhere: %(text)s"),
        _lt("Delete or change in Exact Online what is named here first, or leave it as it is."),
        "exact",
    ),
    "value_missing": Message(
        _lt("Exact Online demands something that was not filled in: %(text)s"),
        _lt("Fill in what is named here, on the contact or in Exact Online, then try again."),
        "partner",
    ),
    "value_invalid": Message(
        _lt("Exact Online does not accept a value: %(text)s"),
        _lt("Correct what is named here, on the contact or in Exact Online, then try again."),
        "partner",
    ),
    "value_not_allowed": Message(
        _lt("Exact Online does not allow this: %(text)s"),
        _lt("Correct what is named here, on the contact or in Exact Online, then try again."),
        "exact",
    ),
}
