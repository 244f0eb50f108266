"""Scenarios for the client ``python-exact-online``, run where it is installed.

It has the Belgian host built in and keeps tokens in a file in its own folder, by client id.
"""

import atexit

import surroundings as world

HOST = "start.exactonline.be"
CUSTOMERS = 70


def _api(around):
    from exactonline.api import ExactOnlineAPI

    return ExactOnlineAPI(around.client_id, around.client_secret)


def _connect(around):
    from exactonline.cachehandler import CacheHandler

    around.map_hosts(HOST)
    # The file with tokens would outlive both this scenario and the sandbox.
    atexit.register(CacheHandler().deleteCache, around.client_id)
    api = _api(around)
    back = around.consent(api.authHandler.getAuthURL(world.REDIRECT))
    api.authHandler.retrieveToken(back)
    # Else it takes the user's current administration.
    api.division = around.division
    return api


def _journal(api):
    found = api.journals.list(select=["ID", "Code"], filter={"Code": "70"})
    assert not found.hasError, found.error.message
    return [journal.Code for journal in found.items()]


def authorise(around):
    api = _connect(around)
    seen = [_journal(api)]
    tokens = [api.authHandler.refreshToken]
    around.pass_time(world.REFRESH_IS_DUE)
    seen.append(_journal(api))
    tokens.append(api.authHandler.refreshToken)
    around.pass_time(world.REFRESH_IS_DUE)
    # A program started anew: tokens come from the file, and are due.
    again = _api(around)
    seen.append(_journal(again))
    tokens.append(again.authHandler.refreshToken)
    return {"journals": seen, "tokens": len(set(tokens)), "division": again.division}


def customers(around):
    """Read customers by a manager they share: the client can only compare with equal."""
    from exactonline.models.accounts import Account

    api = _connect(around)
    manager = api.accounts.filter("Code", f"'{around.code}'", select=["Modifier"]).items()[0]
    for number in range(CUSTOMERS):
        api.accounts.create(
            Account(Name=f"Third party {number:03}", Status="C", AccountManager=manager.Modifier)
        )
    found = api.accounts.filter(
        "AccountManager", f"guid'{manager.Modifier}'", select=["ID", "Code", "Name"]
    )
    assert not found.hasError, found.error.message
    return [{"ID": row.ID, "Code": row.Code, "Name": row.Name} for row in found.items()]


def not_blocked(around):
    """The client's README lists accounts this way, and without select."""
    api = _connect(around)
    found = api.accounts.list(select=["ID"], filter={"Blocked": "false"})
    bare = api.accounts.list(filter={"Blocked": "false"})
    return {
        "error": found.error.message if found.hasError else None,
        "count": len(found.items()),
        "bare_error": bare.error.message if bare.hasError else None,
    }


def change(around):
    from exactonline.models.accounts import Account

    api = _connect(around)
    made = api.accounts.create(Account(Name="Daffy Duck", Status="C"))
    found = api.accounts.get(made.ID, select=["ID", "Name"])
    found.Name = "Daffy Duck & zonen"
    updated = api.accounts.update(found)
    changed = api.accounts.get(made.ID, select=["ID", "Name"])
    deleted = api.accounts.delete(made.ID)
    return {"made": made.ID, "updated": updated, "name": changed.Name, "deleted": deleted}


def refusal(around):
    from exactonline.models.accounts import Account

    api = _connect(around)
    refused = api.accounts.create(Account(Status="C"))
    return {
        "error": refused.hasError,
        "status": refused.error.http_status,
        "message": refused.error.message,
    }


def _invoice(api):
    """Make an invoice of one line; return the status and what the client got."""
    from exactonline.models.accounts import Account

    customer = api.accounts.create(Account(Name="Third party", Status="C"))
    where = "Modified gt datetime'2020-01-01' and IsFractionAllowedItem eq true"
    _status, _headers, items = api.get(f"logistics/Items?$select=ID&$filter={where}")
    line = {
        "Item": items["d"]["results"][0]["ID"], "Quantity": 2.5, "NetPrice": 80,
        "Description": "Uren",
    }  # fmt: skip
    status, _headers, made = api.post(
        "salesinvoice/SalesInvoices",
        {
            "OrderedBy": customer.ID, "InvoiceTo": customer.ID, "Journal": "70",
            "YourRef": "F0005555", "SalesInvoiceLines": [line],
        },
    )  # fmt: skip
    return status, made["d"]


def invoice(around):
    api = _connect(around)
    status, made = _invoice(api)
    invoice_id = made["InvoiceID"]
    _status, _headers, read = api.get(
        f"salesinvoice/SalesInvoices?$select=*&$filter=InvoiceID eq guid'{invoice_id}'"
    )
    _status, _headers, lines = api.get(
        f"salesinvoice/SalesInvoices(guid'{invoice_id}')/SalesInvoiceLines"
    )
    return {
        "status": status, "made": made, "read": read["d"]["results"][0],
        "lines": lines["d"]["results"], "limits": api.api_rate_limits,
    }  # fmt: skip


def processed(around):
    """What the client has a model of is the entry that a processed invoice makes."""
    api = _connect(around)
    _status, made = _invoice(api)
    _status, _headers, _printed = api.post(
        "salesinvoice/PrintedSalesInvoices", {"InvoiceID": made["InvoiceID"]}
    )
    fields = ["EntryID", "EntryNumber", "AmountDC", "YourRef"]
    (found,) = api.salesEntries.filter("YourRef", "'F0005555'", select=fields).items()
    entry = api.salesEntries.get(found.EntryID, select=fields)
    return {
        "entry": {name: getattr(entry, name) for name in fields},
        "lines": [line.AmountFC for line in entry.SalesEntryLines.items()],
    }


def entry(around):
    """Make an invoice the way the client's README does: an entry with its lines."""
    from exactonline.models.accounts import Account
    from exactonline.models.salesentries import SalesEntry, SalesEntryLine, SalesEntryLineList

    api = _connect(around)
    customer = api.accounts.create(Account(Name="Third party", Status="C"))
    (account,) = api.glAccounts.filter("Code", "'8000'", select=["ID"]).items()
    lines = SalesEntryLineList()
    for amount in (100, 150):
        lines.add(SalesEntryLine(AmountFC=amount, GLAccount=account.ID))
    made = api.salesEntries.create(
        SalesEntry(Customer=customer.ID, Journal="70", YourRef="MyREF", SalesEntryLines=lines)
    )
    assert not made.hasError, made.error.message
    read = api.salesEntries.get(made.EntryID, select=["EntryID", "AmountDC", "YourRef"])
    return {
        "made": made.EntryID,
        "read": [read.EntryID, read.AmountDC, read.YourRef],
        "lines": [line.AmountFC for line in read.SalesEntryLines.items()],
    }


if __name__ == "__main__":
    world.run(
        {
            "authorise": authorise,
            "customers": customers,
            "not_blocked": not_blocked,
            "change": change,
            "refusal": refusal,
            "invoice": invoice,
            "processed": processed,
            "entry": entry,
        }
    )
