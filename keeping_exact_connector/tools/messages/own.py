"""What went wrong without a text of Exact that is recognised."""

from odoo.tools.translate import LazyTranslate

from .message import Message

_lt = LazyTranslate(__name__)

MESSAGES = {
    "refused": Message(
        _lt("Exact Online refused this: %(text)s"),
        _lt("Correct it in Exact Online or here, then try again."),
    ),
    "gone": Message(
        _lt("Exact Online does not know this any more: %(text)s"),
        _lt("It was perhaps deleted there. Choose another customer or item, then try again."),
        "partner",
    ),
    "not_understood": Message(
        _lt("Exact Online did not understand what was sent: %(text)s"),
        _lt("This is a fault of this add-on. Send this text to support."),
    ),
    "not_connected": Message(
        _lt("The connection with Exact Online is no longer valid."),
        _lt(
            "An administrator has to open the connection; there it says what to do. It is sent by "
            "itself afterwards."
        ),
        "connection",
    ),
    "switched_off": Message(
        _lt("The integration with Exact Online is switched off for this organisation."),
        _lt("Nothing is lost: it goes on by itself when an administrator switches it on again."),
        "connection",
    ),
    "run_paused": Message(
        _lt("The run that this invoice belongs to is paused."),
        _lt("Nothing is sent until somebody opens the run and resumes it."),
    ),
    "limit": Message(
        _lt("Exact Online's limit of calls is reached."),
        _lt("It goes on by itself when the limit is reset."),
    ),
    "limit_minute": Message(
        _lt("Exact Online's limit of calls per minute is reached."),
        _lt("It goes on by itself in the next minute."),
    ),
    "limit_day": Message(
        _lt("Exact Online's limit of calls per day is reached."),
        _lt(
            "It goes on by itself when Exact begins a new day. Other programs that use the same "
            "app in this administration count too."
        ),
    ),
    "limit_contract": Message(
        _lt("The calls that your contract with Exact Online allows in a day are used up."),
        _lt(
            "It goes on by itself when Exact begins a new day. All administrations and programs of "
            "your organisation share them."
        ),
    ),
    "limit_errors": Message(
        _lt("Exact Online refused so many calls that it would soon block this app for an hour."),
        _lt(
            "Nothing more is sent until the hour is over; then it goes on by itself. Meanwhile "
            "look at the invoices that were refused and correct what they say."
        ),
    ),
    "paused": Message(
        _lt("Sending is paused: Exact Online refused three in a row for the same reason. %(text)s"),
        _lt(
            "Correct that first. Then try a refused invoice again, or click Go on now on the "
            "administration. By itself it goes on after an hour."
        ),
        "administration",
    ),
    "unreachable": Message(
        _lt("Exact Online cannot be reached right now. Nothing was sent."),
        _lt("It is tried again by itself."),
    ),
    "unknown_outcome": Message(
        _lt("Exact Online did not answer, so it is not known whether this arrived."),
        _lt("It is being looked up in Exact Online; nothing is sent twice."),
    ),
    "still_unknown": Message(
        _lt("It could not be proved whether this arrived in Exact Online."),
        _lt(
            "Check that the Exact user may read sales invoices. The search goes on by itself; "
            "nothing is sent twice."
        ),
    ),
    "message_unknown": Message(
        _lt(
            "Exact Online did not answer and has not processed it; whether it was sent to the "
            "customer is not known."
        ),
        _lt(
            "Look in Exact Online whether a message went out, then process it again: book only if "
            "it did. Nothing is sent again by itself."
        ),
        "exact",
    ),
    "unexpected": Message(
        _lt("Exact Online gave an answer that is not understood: %(text)s"),
        _lt("Try again; if it stays, send this text to support."),
    ),
    "customer_exists": Message(
        _lt("Exact Online has a customer that looks like this one: %(text)s"),
        _lt("Choose that customer or confirm that a new one is to be made, then try again."),
    ),
    "customer_number": Message(
        _lt("The number of the new customer is taken in Exact Online: %(text)s"),
        _lt(
            "Choose that customer if it is the same one. Otherwise change the reference of the "
            "contact here, or let Exact give the number (on the administration), then try again."
        ),
        "partner",
    ),
    "customer": Message(
        _lt("The customer could not be made in Exact Online: %(text)s"),
        _lt("Correct the contact here, or choose an existing customer, then try again."),
        "partner",
    ),
    "item": Message(
        _lt("The hours item could not be made in Exact Online: %(text)s"),
        _lt(
            "Set a default item group in Exact Online, or choose an existing item in the "
            "settings of the administration, then try again."
        ),
        "administration",
    ),
    "document": Message(
        _lt("The hours specification could not be made in Exact Online: %(text)s"),
        _lt("Try again once that is put right. The invoice itself is in Exact Online."),
    ),
    "attachment": Message(
        _lt("The file of the hours specification could not be added: %(text)s"),
        _lt("Try again once that is put right. The invoice itself is in Exact Online."),
    ),
    "processing_amount": Message(
        _lt("The invoice was changed in Exact Online after its amount was shown: %(text)s"),
        _lt("Nothing was booked or sent. Look at the invoice, then process it again."),
        "exact",
    ),
    "invoice_alike": Message(
        _lt(
            "Exact Online did not answer, and has an invoice of the same amount for this customer "
            "that lacks our reference: %(text)s"
        ),
        _lt(
            "Somebody may have changed its description. If it is this one, say so. Else try again, "
            "and a new invoice is made."
        ),
        "exact",
    ),
    "invoice_deleted": Message(
        _lt(
            "Exact Online did not answer, and a sales invoice was deleted there on %(text)s, which "
            "may have been this one."
        ),
        _lt(
            "If it was this one and is not to be billed, cancel it here: its hours become free. "
            "Else try again, and a new invoice is made."
        ),
        "exact",
    ),
    "credit_alike": Message(
        _lt(
            "Exact Online did not answer, and has a credit note for the same customer and amount "
            "without our reference, which may be this one: %(text)s"
        ),
        _lt(
            "If it is this one, choose Make no credit note, then Find credit notes on the invoice, "
            "and confirm it. Else try again, and a new credit note is made."
        ),
        "exact",
    ),
    "credit_deleted": Message(
        _lt(
            "Exact Online did not answer, and a sales invoice or credit note was deleted there on "
            "%(text)s, which may have been this one."
        ),
        _lt(
            "If it was this one and nothing is to be credited, give it up: its hours stay billed. "
            "Else try again, and a new credit note is made."
        ),
        "exact",
    ),
    "delete_processed": Message(
        _lt("It was processed in Exact Online meanwhile, and was not deleted: %(text)s"),
        _lt("A processed invoice stays. To correct it takes a credit note."),
        "exact",
    ),
    "delete_changed": Message(
        _lt("It was changed in Exact Online after it was shown, and was not deleted: %(text)s"),
        _lt("Look at it, then release its hours again."),
        "exact",
    ),
    "delete_unseen": Message(
        _lt("Exact Online does not show this invoice, so nothing was deleted: %(text)s"),
        _lt("Read it from Exact Online; if it was deleted there, say so here."),
        "exact",
    ),
    "document_late": Message(
        _lt("The invoice was processed before this document was linked to it: %(text)s"),
        _lt(
            "The document is with the customer in Exact Online, under our reference. A processed "
            "invoice is not changed; send the document to the customer yourself."
        ),
        "exact",
    ),
    "document_other": Message(
        _lt("The invoice in Exact Online has another document already: %(text)s"),
        _lt(
            "That one stays. The hours specification is with the customer in Exact Online, under "
            "our reference."
        ),
        "exact",
    ),
    "document_large": Message(
        _lt("The hours specification is larger than the 10 MB that Exact Online takes: %(text)s"),
        _lt(
            "Nothing was sent. Choose fewer columns or a smaller logo and try again, or download "
            "it and send it to the customer yourself."
        ),
    ),
    "document_later": Message(
        _lt("Exact Online refused so many documents that it would soon block this app for them."),
        _lt("Correct what was refused, and try again in an hour. Invoices go on meanwhile."),
    ),
    "line_gone": Message(
        _lt("This line is not on the invoice in Exact Online any more: %(text)s"),
        _lt("Nothing was changed. Compare with Exact, and take over or disconnect."),
        "exact",
    ),
    "line_late": Message(
        _lt("The invoice was processed before this line was changed: %(text)s"),
        _lt("A processed invoice is not changed. Compare with Exact, and take over."),
        "exact",
    ),
    "line_changed": Message(
        _lt("Somebody changed this line in Exact Online since it was shown: %(text)s"),
        _lt("It was not overwritten. Compare with Exact again, and choose what holds."),
        "exact",
    ),
    "lines_unseen": Message(
        _lt("Exact Online shows no line of this invoice, so nothing was done: %(text)s"),
        _lt(
            "All its lines were removed there, or the right to read invoices is gone. Look in "
            "Exact Online, and compare again."
        ),
        "exact",
    ),
    "line_last": Message(
        _lt("This is the only line of the invoice, so it was not removed: %(text)s"),
        _lt("Have a line of yours made there first, or delete the invoice instead."),
        "exact",
    ),
    "line_others_refused": Message(
        _lt("Another line of the invoice was refused, so this one was not removed: %(text)s"),
        _lt("Mend what was refused and try again; this line goes along then."),
    ),
    "line_no_item": Message(
        _lt("The item of this line is not known here, so it was not made again: %(text)s"),
        _lt("Add the line in Exact Online, then compare and take over."),
        "exact",
    ),
    "internal": Message(
        _lt("Something went wrong here before anything was sent: %(text)s"),
        _lt("Nothing was sent. Try again; if it stays, send this text to support."),
    ),
}
