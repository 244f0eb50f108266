"""How processed invoices go to customers: chapters 4.5 and 4.8."""

import pytest
from bookkeeping import PRINTED, mails, read

MAIL, BOX, PEPPOL = "EmailCreation", "PostboxMessageCreation", "PeppolCreation"
FULL = {
    "Email": "mail@customer.example",
    "ChamberOfCommerce": "30112233",
    "PeppolIdentifier": "0106:30112233",
}


def outcome(answer):
    """Return the outcomes other than the document's: names ending in Success or Error."""
    return {
        name for name in answer
        if answer[name] and name.endswith(("Success", "Error")) and not name.startswith("Document")
    }  # fmt: skip


@pytest.mark.parametrize(
    "card, wanted, told, sent",
    [
        ({}, {}, set(), []),
        (FULL, {}, set(), []),
        (FULL, {"SendEmailToCustomer": True}, {f"{MAIL}Success"}, ["email"]),
        ({}, {"SendEmailToCustomer": True}, {f"{MAIL}Error"}, []),
        (FULL, {"SendInvoiceToCustomerPostbox": True}, {f"{BOX}Success"}, ["postbox"]),
        ({}, {"SendInvoiceToCustomerPostbox": True}, {f"{BOX}Error"}, []),
        (FULL, {"SendInvoiceToCustomerPostbox": True, "SendEmailToCustomer": True},
         {f"{MAIL}Success"}, ["email"]),
        (FULL, {"SendInvoiceViaPeppol": True}, {f"{PEPPOL}Success"}, ["peppol"]),
        ({}, {"SendInvoiceViaPeppol": True}, {f"{PEPPOL}Error"}, []),
        (FULL, {"SendInvoiceViaPeppol": True, "SendEmailToCustomer": True},
         {f"{MAIL}Success", f"{PEPPOL}Success"}, ["email", "peppol"]),
        (FULL, {"SendOutputBasedOnAccount": True}, set(), []),
        ({**FULL, "InvoicingMethod": 1}, {"SendOutputBasedOnAccount": True}, set(), []),
        ({**FULL, "InvoicingMethod": 2}, {"SendOutputBasedOnAccount": True},
         {f"{MAIL}Success"}, ["email"]),
        ({**FULL, "InvoicingMethod": 4}, {"SendOutputBasedOnAccount": True},
         {f"{BOX}Success"}, ["postbox"]),
        ({**FULL, "InvoicingMethod": 8}, {"SendOutputBasedOnAccount": True},
         {f"{MAIL}Success"}, ["email"]),
        ({"InvoicingMethod": 2}, {"SendOutputBasedOnAccount": True}, {f"{MAIL}Error"}, []),
        ({**FULL, "InvoicingMethod": 1},
         {"SendOutputBasedOnAccount": True, "SendEmailToCustomer": True}, set(), []),
        (FULL, {"SendEmailToCustomer": True, "SenderEmailAddress": "nobody"},
         {f"{MAIL}Error"}, []),
    ],
)  # fmt: skip
def test_ways_to_send(anna, card, wanted, told, sent):
    invoice = anna.invoice(anna.account(**card))
    answer = anna.make(PRINTED, InvoiceID=invoice["InvoiceID"], **wanted)
    assert outcome(answer) == told
    # A message that cannot be sent does not undo the processing.
    assert read(anna, invoice)["Status"] == 50 and answer["DocumentCreationSuccess"]
    assert [item["channel"] for item in mails(anna, invoice)] == sent


def test_line_in_the_log_of_mails(anna):
    invoice = anna.invoice(anna.account(**FULL))
    anna.make(PRINTED, InvoiceID=invoice["InvoiceID"], SendEmailToCustomer=True)
    number = read(anna, invoice)["InvoiceNumber"]
    (mail,) = mails(anna, invoice)
    assert (mail["address"], mail["division"]) == (FULL["Email"], anna.division)
    assert (mail["subject"], mail["attachment"]) == (f"Verkoopfactuur {number}", f"{number}.pdf")
    # A second processing is refused and sends nothing.
    assert anna.post(PRINTED, InvoiceID=invoice["InvoiceID"]).status_code == 500
    assert len(mails(anna, invoice)) == 1


def test_texts_in_the_user_s_language(sem):
    invoice = sem.invoice(sem.account())
    answer = sem.make(PRINTED, InvoiceID=invoice["InvoiceID"], SendEmailToCustomer=True)
    assert answer["EmailCreationError"] == "Mandatory: Customer e-mail address"


def test_log_can_be_emptied(anew):
    sandbox = anew()
    assert sandbox.control("GET", "mails") == {"mails": []}
    assert sandbox.control("DELETE", "mails") == {}
