"""Scenarios for the client ``exactonline``, run where it is installed; see its README."""

from configparser import ConfigParser
from datetime import date
from urllib.parse import parse_qs, quote, urlsplit

import surroundings as world

CUSTOMERS = 70
YOUR_REF = "F0005555"
OWN_REF = "F0006666"
# A field that satisfies mandatory filtering in both profiles (chapter 3.4).
SINCE = "Modified gt datetime'2020-01-01'"


def _settings(around):
    """Write the settings the client's README asks for; return their path."""
    settings = ConfigParser()
    settings["server"] = {
        "auth_url": f"{around.url}/api/oauth2/auth",
        "rest_url": f"{around.url}/api",
        "token_url": f"{around.url}/api/oauth2/token",
    }
    settings["application"] = {
        "base_url": world.REDIRECT,
        "client_id": around.client_id,
        "client_secret": around.client_secret,
    }
    with open("config.ini", "w") as file:
        settings.write(file)
    return "config.ini"


def _connect(around):
    from exactonline.api import ExactApi
    from exactonline.storage.ini import IniStorage

    api = ExactApi(storage=IniStorage(_settings(around)))
    back = around.consent(api.create_auth_request_url())
    api.request_token(parse_qs(urlsplit(back).query)["code"][0])
    api.storage.set_division(around.division)
    return api


def _me(api):
    from exactonline.resource import GET

    (row,) = api.rest(GET("v1/current/Me?$select=FullName,UserName"))
    return row["UserName"]


def authorise(around):
    api = _connect(around)
    seen = [_me(api)]
    tokens = [api.storage.get_refresh_token()]
    around.pass_time(world.REFRESH_IS_DUE)
    seen.append(_me(api))
    tokens.append(api.storage.get_refresh_token())
    around.pass_time(world.TOKEN_IS_DEAD, client_notices=False)
    seen.append(_me(api))
    tokens.append(api.storage.get_refresh_token())
    return {"users": seen, "tokens": len(set(tokens))}


def divisions(around):
    api = _connect(around)
    choices, current = api.get_divisions()
    return {"choices": choices, "current": current}


def choose_division(around):
    """The client tells a good division by a filter on the name."""
    from exactonline.http import HTTPError

    api = _connect(around)
    try:
        api.set_division(around.division)
    except HTTPError as error:
        return {"status": error.code, "answer": error.response.decode()}
    return {"status": 200, "chosen": api.storage.get_division()}


def customers(around):
    api = _connect(around)
    for number in range(CUSTOMERS):
        api.relations.create({"Name": f"Third party {number:03}", "Status": "C"})
    rows = api.relations.filter(filter=f"{SINCE} and Status eq 'C'")
    one = api.relations.get(relation_code=rows[0]["Code"].strip())
    return {"rows": rows, "one": one}


def change(around):
    api = _connect(around)
    made = api.relations.create({"Code": f"{88000:>18}", "Name": "Daffy Duck", "Status": "C"})
    found = api.relations.get(relation_code="88000")
    api.relations.update(found["ID"], {"Name": "Daffy Duck & zonen"})
    changed = api.relations.get(relation_code="88000")
    api.relations.delete(found["ID"])
    return {"made": made, "found": found, "changed": changed}


def _invoice(api):
    """Make an invoice of one line and return what the client got."""
    from exactonline.resource import GET, POST

    customer = api.relations.create({"Name": "Third party", "Status": "C"})
    where = quote(f"{SINCE} and IsFractionAllowedItem eq true")
    (item,) = api.restv1(GET(f"logistics/Items?$select=ID&$top=1&$filter={where}"))
    line = {"Item": item["ID"], "Quantity": 2.5, "NetPrice": 80, "Description": "Uren"}
    return api.restv1(
        POST(
            "salesinvoice/SalesInvoices",
            {
                "OrderedBy": customer["ID"],
                "InvoiceTo": customer["ID"],
                "Journal": "70",
                "YourRef": YOUR_REF,
                "SalesInvoiceLines": [line],
            },
        )
    )


def invoice(around):
    from exactonline.resource import GET

    api = _connect(around)
    made = _invoice(api)
    where = f"$filter=InvoiceID+eq+guid'{made['InvoiceID']}'"
    (read,) = api.restv1(GET(f"salesinvoice/SalesInvoices?$select=*&{where}"))
    lines = api.restv1(GET(read["SalesInvoiceLines"]["__deferred"]["uri"]))
    return {"made": made, "read": read, "lines": lines}


def processed(around):
    """What the client itself calls an invoice is the entry that a processed one makes."""
    from exactonline.resource import POST

    api = _connect(around)
    made = _invoice(api)
    printed = api.restv1(
        POST("salesinvoice/PrintedSalesInvoices", {"InvoiceID": made["InvoiceID"]})
    )
    fields = "EntryID,EntryNumber,InvoiceNumber,AmountDC,YourRef,Customer,SalesEntryLines"
    entry = api.invoices.get(invoice_number=YOUR_REF, select=fields)
    numbers = api.invoices.map_foreign2exact_invoice_numbers([YOUR_REF, "F0000000"])
    owed = api.receivables.filter(relation_id=entry["Customer"])
    return {
        "made": made, "printed": printed, "entry": entry, "numbers": numbers, "owed": owed,
    }  # fmt: skip


def entry(around):
    """Make an invoice the way the client's README does: an entry, amounts as texts."""
    from exactonline.http import HTTPError

    api = _connect(around)
    customer = api.relations.create({"Name": "Third party", "Status": "C"})
    (account,) = api.ledgeraccounts.filter(code__in=["8000"])
    today = date.today()
    values = {
        "AmountDC": "121.00",
        "AmountFC": "121.00",
        "EntryDate": today.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Customer": customer["ID"],
        "Description": "Invoice description",
        "Journal": "70",
        "ReportingPeriod": today.month,
        "ReportingYear": today.year,
        "SalesEntryLines": [
            {
                "AmountDC": "100.00",
                "AmountFC": "100.00",
                "Description": "Omzet",
                "GLAccount": account["ID"],
                "VATCode": "4",
            }
        ],
        "VATAmountDC": "21.00",
        "VATAmountFC": "21.00",
        "YourRef": OWN_REF,
        "InvoiceNumber": f"{today.year}700099",
    }
    try:
        made = api.invoices.create(values)
    except HTTPError as error:
        return {"status": error.code, "answer": error.response.decode()}
    read = api.invoices.get(
        invoice_number=OWN_REF, select="EntryID,AmountDC,InvoiceNumber,YourRef,SalesEntryLines"
    )
    return {"status": 201, "made": made, "read": read}


if __name__ == "__main__":
    world.run(
        {
            "authorise": authorise,
            "divisions": divisions,
            "choose_division": choose_division,
            "customers": customers,
            "change": change,
            "invoice": invoice,
            "processed": processed,
            "entry": entry,
        }
    )
