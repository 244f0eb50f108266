"""How a processed invoice reaches the customer: e-mail, mailbox, Peppol (chapters 4.5 and 4.8).

A message that cannot be sent does not undo the processing. That one bounces is never told: what
was handed over counts as sent (picqer #203).
"""

from .accounts import EMAIL
from .posting import ACCOUNTS, title

# InvoicingMethod of the account: 1 is paper. "Send and track" is a mail with a link.
_METHODS = {2: "email", 4: "postbox", 8: "email"}
_ANSWERS = {
    "email": "EmailCreation",
    "postbox": "PostboxMessageCreation",
    "peppol": "PeppolCreation",
}


def channels(account, wanted):
    """Return the ways an invoice is to go out by.

    ``SendEmailToCustomer`` overrules the mailbox; ``SendOutputBasedOnAccount`` takes the account's
    preference (chapter 4.5) and, as nothing is known of both together, nothing else. Peppol goes
    beside them.

    :param wanted: the values of the call
    """
    if wanted.get("SendOutputBasedOnAccount"):
        preferred = _METHODS.get(account.get("InvoicingMethod"))
        ways = [preferred] if preferred else []
    elif wanted.get("SendEmailToCustomer"):
        ways = ["email"]
    else:
        ways = ["postbox"] if wanted.get("SendInvoiceToCustomerPostbox") else []
    if wanted.get("SendInvoiceViaPeppol"):
        ways.append("peppol")
    return ways


def _address(account, channel):
    """Return where a message goes to, None when the account does not tell.

    Only Peppol's need is known. A mailbox goes by number: that of the government (OIN), or of the
    Chamber of Commerce.
    """
    if channel == "email":
        return account.get("Email")
    if channel == "postbox":
        return account.get("OINNumber") or account.get("ChamberOfCommerce")
    return account.get("PeppolIdentifier")


def send(context, invoice, wanted, attachment):
    """Send a processed invoice; return the properties of the answer that tell how it went.

    :param wanted: the values of the call
    :param attachment: the name of the file
    """
    account = context.lookup(ACCOUNTS, None, invoice.data["InvoiceTo"])
    sender = wanted.get("SenderEmailAddress")
    answer = {}
    for channel in channels(account, wanted):
        address = _address(account, channel)
        problem = None
        if not address:
            problem = f"{channel} unknown"
        elif channel == "email" and sender and not EMAIL.fullmatch(sender):
            problem = "email sender"
        if problem:
            answer[f"{_ANSWERS[channel]}Error"] = context.sentence(problem)
            continue
        context.sandbox.mails.send(
            context.division, invoice.key, channel, address, title(context, invoice), attachment
        )
        answer[f"{_ANSWERS[channel]}Success"] = context.sentence(f"{channel} sent", address=address)
    return answer
