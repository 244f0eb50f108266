"""What a bookkeeper does in Exact, and what goes wrong there: one function a step."""

from datetime import date
from uuid import UUID

from walk_world import BY_HAND, INVOICES, LINES, PRINTED, UserError

from exact_sandbox.process import SandboxError

CREDIT_NOTE, INVOICE = 8021, 8020
REFUSAL = '{"error":{"code":"","message":{"lang":"","value":"%s"}}}'
# Exact does the work of its own 504 this much later; the looks for it go on for half an hour.
LATE_SECONDS = 120
DAY = date(2026, 11, 5)


def _pick(world, own, is_open, **values):
    return world.choose(world.rows_of(own, is_open, **values)[-25:])


def lines_of(world, own, guid):
    rows = world.books.lines(own.code).values()
    return [row for row in rows if row["InvoiceID"] == guid]


def bill_by_hand(world, own):
    """Make an invoice there, for a customer that may be known here."""
    rows = world.sql(
        "SELECT guid FROM keeping_exact_customer WHERE administration_id = %s AND guid IS NOT NULL"
        " AND status = 'C' AND blocked IS NOT TRUE AND active"
        " AND coalesce(sales_currency, 'EUR') = 'EUR' ORDER BY (partner_id IS NULL), id LIMIT 9",
        own.administration,
    )
    customer = world.choose(row[0] for row in rows)
    payload = {
        "OrderedBy": customer,
        "InvoiceTo": customer,
        "OrderDate": DAY,
        "Journal": own.journal,
        "Description": "By hand",
        "SalesInvoiceLines": [
            {
                "Item": own.item,
                "Quantity": world.chance.choice((1, 2, 3.5)),
                "UnitPrice": world.chance.choice((90, 400)),
                "Description": "Hours",
            }
            for _line in range(world.chance.choice((1, 1, 2)))
        ],
    }
    return world.call(own, lambda client: client.post(INVOICES, payload)["InvoiceID"])


def change_line(world, own):
    guid = _pick(world, own, is_open=True)
    line = world.choose(lines_of(world, own, guid))
    values = world.chance.choice(
        (
            {"UnitPrice": world.chance.choice((70, 101.5))},
            {"Quantity": world.chance.choice((1, 2.5))},
            {"Description": f"Changed {world.chance.randrange(100)}"},
            {"Discount": 0.1},
        )
    )
    world.call(own, lambda client: client.put(LINES, UUID(line["ID"]), values))
    return f"{guid} {values}"


def change_text(world, own):
    """Add a word to the description, behind our reference."""
    guid = _pick(world, own, is_open=True)
    text = world.books.invoices(own.code)[guid].get("Description") or ""
    values = {"Description": f"{text} !"[-60:]}
    world.call(own, lambda client: client.put(INVOICES, UUID(guid), values))
    return guid


def delete(world, own):
    guid = _pick(world, own, is_open=True)
    # Also when the answer is lost: it may be gone.
    own.deleted.add(guid)
    world.call(own, lambda client: client.delete(INVOICES, UUID(guid)))
    return guid


def add_line(world, own):
    """Put one more line on an open invoice, which Odoo may remove again."""
    return put_line(world, own, _pick(world, own, is_open=True))


def put_line(world, own, guid):
    values = {
        "InvoiceID": guid,
        "Item": own.item,
        "Quantity": world.chance.choice((1, 2.5)),
        "UnitPrice": world.chance.choice((15, 60)),
        "Description": "Added",
        "Notes": BY_HAND,
    }
    world.call(own, lambda client: client.post(LINES, values))
    return guid


def delete_line(world, own):
    guid = _pick(world, own, is_open=True)
    line = world.choose(lines_of(world, own, guid))
    world.call(own, lambda client: client.delete(LINES, UUID(line["ID"])))
    return guid


def vanish(world, own):
    """An invoice is not shown any more, and the list of deletions does not tell why."""
    guid = _pick(world, own, is_open=True)
    own.deleted.add(guid)
    body = {"where": {"InvoiceID": guid}}
    for place in (LINES, INVOICES) if lines_of(world, own, guid) else (INVOICES,):
        world.sandbox.control("DELETE", f"rows/{own.code}/{place}", body)
    return guid


def process(world, own):
    guid = _pick(world, own, is_open=True)
    payload = {"InvoiceID": guid, "InvoiceDate": DAY}
    world.call(own, lambda client: client.post(PRINTED, payload))
    return guid


def _pay(world, own, method):
    guid = _pick(world, own, is_open=False, Type=INVOICE)
    number = world.books.invoices(own.code)[guid].get("InvoiceNumber")
    try:
        world.sandbox.control(method, "payments", {"division": own.code, "invoice": number})
    except SandboxError as error:
        raise UserError(str(error)) from error
    return f"{number}"


def pay(world, own):
    return _pay(world, own, "POST")


def credit(world, own):
    """Make a credit note for an invoice, whole or in part."""
    guid = _pick(world, own, is_open=False, Type=INVOICE)
    row = world.books.invoices(own.code)[guid]
    lines = lines_of(world, own, guid)
    some = lines[: world.chance.randrange(1, len(lines) + 1)]
    sign = world.chance.choice((-1, 1))
    payload = {
        "OrderedBy": row["OrderedBy"],
        "InvoiceTo": row["InvoiceTo"],
        "OrderDate": DAY,
        "Journal": own.journal,
        # A credit note by its type, or an invoice with less than nothing on it.
        "Type": CREDIT_NOTE if sign > 0 else INVOICE,
        "Description": f"Credit {row.get('InvoiceNumber')}",
        "SalesInvoiceLines": [
            {
                "Item": line["Item"],
                "Quantity": sign * float(line["Quantity"]),
                "UnitPrice": float(line["UnitPrice"]),
                "Description": line["Description"],
            }
            for line in some
        ],
    }
    return world.call(own, lambda client: client.post(INVOICES, payload)["InvoiceID"])


def strike(world, _own):
    """Something goes wrong with one of the next calls."""
    kind, values = world.choose(TROUBLE)
    path = world.chance.choice((INVOICES, INVOICES, "crm/Accounts", PRINTED, LINES, "/api/v1/"))
    method = world.chance.choice(("", "POST", "POST", "PUT", "DELETE"))
    skip = world.chance.randrange(3)
    world.sandbox.add_fault(kind, method, path, times=1, skip=skip, **values)
    return f"{kind} {method} {path}"


def calm_down(world, _own):
    world.sandbox.clear_faults()
    return ""


TROUBLE = (
    ("lose_request", {}),
    ("lose_answer", {}),
    ("lose_answer", {}),
    ("cut_answer", {}),
    ("late", {"seconds": LATE_SECONDS}),
    ("late", {"seconds": LATE_SECONDS}),
    ("bad_gateway", {}),
    ("maintenance", {}),
    ("empty_after", {}),
    (
        "status",
        {"status": 500, "content_type": "application/json", "body": REFUSAL % "Ongeldige waarde"},
    ),
    ("status", {"status": 401, "body": ""}),
)

STEPS = [
    (bill_by_hand, 5, False),
    (change_line, 4, False),
    (change_text, 1, False),
    (delete, 2, False),
    (add_line, 2, False),
    (delete_line, 2, False),
    (vanish, 1, False),
    (process, 6, False),
    (pay, 2, False),
    (credit, 1, False),
    (strike, 9, False),
    (calm_down, 3, False),
]
