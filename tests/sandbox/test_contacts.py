"""``crm/Contacts``: chapter 4.9."""

from client import message

CONTACTS = "crm/Contacts"
NOBODY = "11111111-2222-3333-4444-555555555555"


def test_contact_is_made_found_changed_and_removed(anna):
    account = anna.account()
    made = anna.make(
        CONTACTS, Account=account["ID"], FirstName="Piet", LastName="Jansen", Email="p@x.example"
    )
    row = anna.one(CONTACTS, f"Account eq guid'{account['ID']}'")
    assert row["ID"] == made["ID"] and row["FullName"] == "Piet Jansen"
    assert row["AccountName"] == account["Name"] and row["IsMainContact"] is False
    assert anna.put(f"{CONTACTS}(guid'{made['ID']}')", LastName="Pietersen").status_code == 204
    row = anna.one(CONTACTS, f"ID eq guid'{made['ID']}'")
    assert row["FullName"] == "Piet Pietersen"
    assert anna.delete(f"{CONTACTS}(guid'{made['ID']}')").status_code == 204
    assert anna.rows(CONTACTS, select="ID", filter=f"Account eq guid'{account['ID']}'") == []


def test_contact_needs_an_account_and_a_name(anna):
    account = anna.account()
    for values, text in (
        ({"FirstName": "Piet"}, "Verplicht: Relatie"),
        ({"Account": NOBODY, "FirstName": "Piet"}, "Ongeldige referentie: Relatie"),
        ({"Account": account["ID"]}, "Verplicht: Naam contactpersoon"),
        ({"Account": account["ID"], "LastName": "J", "Email": "x"}, "Ongeldig: Email []"),
    ):
        answer = anna.post(CONTACTS, **values)
        assert answer.status_code == 500 and text in message(answer)


def test_contacts_are_not_listed_without_filter(anna, choose):
    assert "mandatory filtering" in message(anna.get(CONTACTS, select="ID"))
    choose(filter_fields="narrow")
    assert anna.get(CONTACTS, select="ID", filter="LastName eq 'x'").status_code == 400
    assert anna.get(CONTACTS, select="ID", filter=f"Account eq guid'{NOBODY}'").status_code == 200


def test_invoice_names_its_contact_person(anna):
    account = anna.account()
    contact = anna.make(CONTACTS, Account=account["ID"], LastName="Jansen")
    item = anna.item()["ID"]
    values = {
        "OrderedBy": account["ID"],
        "InvoiceTo": account["ID"],
        "SalesInvoiceLines": [{"Item": item, "Quantity": 1, "UnitPrice": 10}],
    }
    made = anna.make("salesinvoice/SalesInvoices", **values, OrderedByContactPerson=contact["ID"])
    row = anna.one("salesinvoice/SalesInvoices", f"InvoiceID eq guid'{made['InvoiceID']}'")
    assert row["OrderedByContactPersonFullName"] == "Jansen"
    assert row["InvoiceToContactPersonFullName"] is None
    answer = anna.post("salesinvoice/SalesInvoices", **values, OrderedByContactPerson=NOBODY)
    assert "Ongeldige referentie: Contactpersoon" in message(answer)
