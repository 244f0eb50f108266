"""Payments of receivables, as a bookkeeper enters them from a bank statement (chapter 4.15).

Bank entries themselves are not kept. An app sees a payment in the receivable and in the list of
open items only.
"""

import uuid
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ..money import cents
from ..odata.literals import parse_datetime
from .invoice_lines import INVOICES
from .receivables import RECEIVABLES, settle


class PaymentError(ValueError):
    """A payment that cannot be entered; the text is a sentence for a person."""


def receivable_of(context, invoice):
    """Return the receivable of a processed invoice, None while it is open."""
    return context.rows.first(context.division, RECEIVABLES, EntryID=invoice.get("_EntryID", ""))


def pay(context, receivable, amount, moment=None):
    """Enter a payment, in the currency of the invoice.

    :param amount: above zero, also when a credit note is paid back; None pays all that is open
    :param moment: the date; None is today
    :raises PaymentError: when more is paid than is open
    """
    left = abs(receivable.data["_AmountFC"])
    amount = left if amount is None else _decimal(amount)
    if not amount.is_finite() or amount <= 0 or amount != cents(amount):
        raise PaymentError("A payment is an amount above zero, in whole cents.")
    if amount > left:
        raise PaymentError("That is more than is open.")
    moment = moment or context.today()
    receivable.data["_Payments"].append(
        {"id": str(uuid.uuid4()), "date": moment.isoformat(), "amount": str(amount)}
    )
    _store(context, receivable)


def _decimal(amount):
    try:
        return Decimal(str(amount))
    except InvalidOperation:
        raise PaymentError(f"{amount} is no amount.") from None


def undo(context, receivable, payment=None):
    """Take a payment back, so that it is open again.

    :param payment: its id; None is the last one
    :raises PaymentError: when there is no such payment
    """
    payments = receivable.data["_Payments"]
    ids = [item["id"] for item in payments]
    if not payments or (payment is not None and payment not in ids):
        raise PaymentError("There is no such payment.")
    del payments[-1 if payment is None else ids.index(payment)]
    _store(context, receivable)


def _store(context, receivable):
    handler = context.sandbox.entities[RECEIVABLES]
    settle(receivable.data)
    handler.touch(context, receivable)
    handler.save(context, receivable)


def _find(sandbox, division, sought):
    """Return (context, receivable) of an invoice or an entry, in the name of who made it.

    :param sought: the key or the number of a processed invoice, or the key of a sales entry
    """
    entry = sandbox.rows.first(division, RECEIVABLES, EntryID=str(sought))
    if entry is not None:
        return sandbox.context(division, sandbox.users.get(entry.data["Creator"])), entry
    if isinstance(sought, str) and not sought.isdecimal():
        invoice = sandbox.rows.get(division, INVOICES, sought)
    else:
        invoice = sandbox.rows.first(division, INVOICES, InvoiceNumber=int(sought))
    if invoice is not None:
        context = sandbox.context(division, sandbox.users.get(invoice.data["Creator"]))
        receivable = receivable_of(context, invoice)
        if receivable is not None:
            return context, receivable
    raise PaymentError(f"There is no processed invoice {sought} in {division}.")


def pay_invoice(sandbox, division, invoice, amount=None, date=None):
    """Enter a payment from outside, by the control listener.

    :param invoice: the key or the number of a processed invoice, or the key of a sales entry
    :param date: an ISO date without a zone; None is today
    :raises PaymentError: when it makes no sense
    """
    with sandbox.store.transaction():
        context, receivable = _find(sandbox, division, invoice)
        pay(context, receivable, amount, None if date is None else parse_datetime(date))
    return payment_facts(receivable)


def undo_payment(sandbox, division, invoice):
    """Take back the last payment of an invoice from outside.

    :raises PaymentError: when there is none
    """
    with sandbox.store.transaction():
        context, receivable = _find(sandbox, division, invoice)
        undo(context, receivable)
    return payment_facts(receivable)


def paid_by(receivable):
    """Return the payments of a receivable: id, amount and date of each."""
    return [
        {
            "id": item["id"],
            "amount": Decimal(item["amount"]),
            "date": datetime.fromisoformat(item["date"]),
        }
        for item in receivable.data["_Payments"]
    ]


def payment_facts(receivable):
    """Return what may be told of a receivable: whole, open, whether it is paid, its payments."""
    data = receivable.data
    return {
        "amount": data["_TransactionAmountFC"],
        "open": data["_AmountFC"],
        "paid": data["IsFullyPaid"],
        "payments": data["_Payments"],
    }
