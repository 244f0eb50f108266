"""How long texts may be, and what becomes of longer ones (chapter 11, point 4).

Only the item's Description and ExtraDescription are known (chapter 4.10). The other lengths are
guesses of the reference (chapters 4.3, 4.8 and 4.10) or, for the description of a line, ours:
nothing is known there either. Notes and Remarks have no limit here.
"""

LENGTHS = {
    "SalesInvoice/SalesInvoices": {"YourRef": 30, "Description": 60},
    "SalesInvoice/SalesInvoiceLines": {"Description": 100},
    "CRM/Accounts": {"Name": 100, "SearchCode": 9},
    "Logistics/Items": {"Code": 30, "Description": 60, "ExtraDescription": 255},
}


def fit_texts(context, row):
    """Cut or refuse the texts of a row that are too long, by the setting ``long_texts``.

    :raises ApiError: ``Ongeldig: Uw ref.``; the true text is not known
    """
    limits = LENGTHS[row.entity]
    long = [name for name, limit in limits.items() if len(row.get(name, "").rstrip()) > limit]
    if long and context.sandbox.settings["long_texts"] == "refuse":
        raise context.refused(*(("invalid", name) for name in long))
    for name in long:
        row.data[name] = row.data[name][: limits[name]]
