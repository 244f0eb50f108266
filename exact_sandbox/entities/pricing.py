"""What a line, an invoice and a sales entry amount to (chapters 4.3, 4.4, 4.7 and 4.12)."""

from decimal import Decimal

from ..money import ZERO, cents

ONE = Decimal(1)
_INCLUDING = "I"
_WITHOUT = {"B", "N"}


def _vat_terms(vat_code):
    """Return (whether prices include VAT, its fraction): type I does, B and N have none."""
    kind = vat_code.get("Type", "N") if vat_code else "N"
    percentage = ZERO if kind in _WITHOUT else vat_code.get("Percentage", ZERO)
    return kind == _INCLUDING, percentage


def _split(gross, including, percentage):
    """Return an amount as (excluding VAT, VAT), each in cents."""
    if not including:
        return gross, cents(gross * percentage)
    excluding = cents(gross / (ONE + percentage))
    return excluding, gross - excluding


def price_line(row, vat_code, sign=1):
    """Fill in the amounts of a line.

    ``NetPrice`` is the unit price after discount (a fraction). With a VAT code of type I the price
    includes VAT, with E it does not; B and N have none. Amounts are rounded to cents per line,
    halves up. A ``VATAmountFC`` the client sent stays.

    :param row: the line: Quantity, UnitPrice, Discount, and NetPrice or VATAmountFC when sent
    :param vat_code: the row of the VAT code, or None for a line without
    :param sign: -1 on a credit note whose amounts are negative
    """
    data = row.data
    net = data.get("_NetPrice")
    if net is None:
        net = data["UnitPrice"] * (ONE - data["Discount"])
    data["NetPrice"] = net
    _fill(data, cents(data["Quantity"] * net) * sign, vat_code)


def price_entry_line(row, vat_code):
    """Fill in the amounts of a line of a sales entry from the ``AmountFC`` that was sent.

    The reference does not tell whether that includes VAT; here it does with a code of type I, as
    with prices, and ``AmountFC`` is shown without.
    """
    _fill(row.data, cents(row.data["_AmountFC"]), vat_code)


def _fill(data, gross, vat_code):
    including, percentage = _vat_terms(vat_code)
    data["AmountFC"], vat = _split(gross, including, percentage)
    sent = data.get("_VATAmountFC")
    data["VATAmountFC"] = cents(sent) if sent is not None else vat
    data["VATPercentage"] = percentage
    data["_Including"] = including


def convert_line(row, rate):
    """Fill in the amounts of a line in the administration's currency."""
    row.data["AmountDC"] = cents(row.data["AmountFC"] * rate)
    row.data["VATAmountDC"] = cents(row.data["VATAmountFC"] * rate)


def _by_line(lines, discount):
    """Return (excluding VAT, VAT) after discount, VAT rounded for each line."""
    excluding = sum((line.data["AmountFC"] for line in lines), ZERO)
    vat = sum(
        (line.data["VATAmountFC"] - cents(line.data["VATAmountFC"] * discount) for line in lines),
        ZERO,
    )
    return excluding - cents(excluding * discount), vat


def _by_code(lines, discount):
    """Return (excluding VAT, VAT) after discount, VAT rounded once for all lines of a code.

    A VAT amount that was sent is no result of a calculation and is left as it is.
    """
    groups, sent = {}, []
    for line in lines:
        if line.data.get("_VATAmountFC") is not None:
            sent.append(line)
            continue
        place = (line.get("VATCode"), line.data["VATPercentage"], line.data["_Including"])
        gross = line.data["AmountFC"] + (line.data["VATAmountFC"] if place[2] else ZERO)
        groups[place] = groups.get(place, ZERO) + gross
    excluding, vat = _by_line(sent, discount)
    for (_code, percentage, including), gross in groups.items():
        part = _split(gross - cents(gross * discount), including, percentage)
        excluding, vat = excluding + part[0], vat + part[1]
    return excluding, vat


def total_invoice(row, lines, rate, rounding):
    """Fill in the totals of an invoice.

    ``AmountFC`` includes VAT, ``AmountFCExclVat`` does not (chapter 4.3). A discount on the whole
    invoice (``Discount``, a fraction) lowers amounts and VAT alike.

    How Exact rounds VAT is not known (chapter 11). Rounded per code, the totals differ by cents
    from the sum of the lines; the lines keep their own amounts, and the rest is seen in the
    header only, until the sales entry takes it up (:func:`spread`).

    :param rounding: ``line`` or ``code``
    """
    totals = _by_code if rounding == "code" else _by_line
    gross, gross_vat = totals(lines, ZERO)
    excluding, vat = totals(lines, row.get("Discount", ZERO))
    data = row.data
    data["AmountDiscountExclVat"] = gross - excluding
    data["AmountDiscount"] = gross - excluding + gross_vat - vat
    data["AmountFCExclVat"], data["VATAmountFC"] = excluding, vat
    data["AmountFC"] = excluding + vat
    data["VATAmountDC"] = cents(vat * rate)
    data["AmountDC"] = cents(data["AmountFC"] * rate)


def total_entry(row, lines, rate):
    """Fill in the totals of a sales entry; ``AmountFC`` includes VAT, as that of an invoice."""
    data = row.data
    data["VATAmountFC"] = sum((line.data["VATAmountFC"] for line in lines), ZERO)
    data["AmountFC"] = sum((line.data["AmountFC"] for line in lines), data["VATAmountFC"])
    data["VATAmountDC"] = cents(data["VATAmountFC"] * rate)
    data["AmountDC"] = cents(data["AmountFC"] * rate)


def spread(invoice, lines):
    """Return (excluding VAT, VAT) of each line, which add up to the totals of the invoice.

    A sales entry must balance, so cents that the rounding of discount and VAT left over go to the
    largest line; nothing is known of how Exact does it.
    """
    discount = invoice.get("Discount", ZERO)
    parts = [
        [amount - cents(amount * discount) for amount in (line.data[name] for name in _AMOUNTS)]
        for line in lines
    ]
    for index, name in enumerate(("AmountFCExclVat", "VATAmountFC")):
        largest = max(parts, key=lambda part: abs(part[index]))
        largest[index] += invoice.data[name] - sum(part[index] for part in parts)
    return parts


_AMOUNTS = ("AmountFC", "VATAmountFC")
