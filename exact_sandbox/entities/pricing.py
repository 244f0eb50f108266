"""What a line and an invoice amount to (chapters 4.3, 4.4 and 4.12)."""

from decimal import Decimal

from ..money import ZERO, cents

ONE = Decimal(1)
_INCLUDING = "I"
_WITHOUT = {"B", "N"}


def price_line(row, vat_code):
    """Fill in the amounts of a line.

    ``NetPrice`` is the unit price after discount (a fraction). With a VAT code of type I the price
    includes VAT, with E it does not; B and N have none. Amounts are rounded to cents per line,
    halves up. A ``VATAmountFC`` the client sent stays.

    :param row: the line: Quantity, UnitPrice, Discount, and NetPrice or VATAmountFC when sent
    :param vat_code: the row of the VAT code, or None for a line without
    """
    data = row.data
    quantity, price = data["Quantity"], data["UnitPrice"]
    net = data.get("_NetPrice")
    if net is None:
        net = price * (ONE - data["Discount"])
    data["NetPrice"] = net
    kind = vat_code.get("Type", "N") if vat_code else "N"
    percentage = ZERO if kind in _WITHOUT else vat_code.get("Percentage", ZERO)
    gross = cents(quantity * net)
    if kind == _INCLUDING:
        data["AmountFC"] = cents(gross / (ONE + percentage))
        vat = gross - data["AmountFC"]
    else:
        data["AmountFC"] = gross
        vat = cents(gross * percentage)
    sent = data.get("_VATAmountFC")
    data["VATAmountFC"] = cents(sent) if sent is not None else vat
    data["VATPercentage"] = percentage


def convert_line(row, rate):
    """Fill in the amounts of a line in the administration's currency."""
    row.data["AmountDC"] = cents(row.data["AmountFC"] * rate)
    row.data["VATAmountDC"] = cents(row.data["VATAmountFC"] * rate)


def total_invoice(row, lines, rate):
    """Fill in the totals of an invoice.

    ``AmountFC`` includes VAT, ``AmountFCExclVat`` does not (chapter 4.3). A discount on the whole
    invoice (``Discount``, a fraction) lowers amounts and VAT alike.
    """
    excluding = sum((line.data["AmountFC"] for line in lines), ZERO)
    vat = sum((line.data["VATAmountFC"] for line in lines), ZERO)
    discount = row.get("Discount", ZERO)
    less = cents(excluding * discount)
    less_vat = sum((cents(line.data["VATAmountFC"] * discount) for line in lines), ZERO)
    data = row.data
    data["AmountDiscountExclVat"] = less
    data["AmountDiscount"] = less + less_vat
    data["AmountFCExclVat"] = excluding - less
    data["VATAmountFC"] = vat - less_vat
    data["AmountFC"] = data["AmountFCExclVat"] + data["VATAmountFC"]
    data["VATAmountDC"] = cents(data["VATAmountFC"] * rate)
    data["AmountDC"] = cents(data["AmountFC"] * rate)
