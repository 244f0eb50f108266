from typing import NamedTuple

from markupsafe import Markup, escape

from odoo import models
from odoo.tools.translate import LazyTranslate

from ..tools.invoice_states import FOLLOWS, WrongOrder

_lt = LazyTranslate(__name__)

PERSON, EXACT, JOB = "person", "exact", "job"
CAUSE = "keeping_exact_cause"
# In the context of a sender: an Author, the same for as long as it runs.
AUTHOR = "keeping_exact_author"

#: Why a state changes: code → (who, what the history of the invoice says).
CAUSES = {
    "sent": (PERSON, _lt("asked for it to be made in Exact Online.")),
    "sent_again": (PERSON, _lt("had it sent again.")),
    "given_up": (PERSON, _lt("gave it up before it was in Exact Online; its hours are free.")),
    "released": (PERSON, _lt("released its hours; the invoice stays in Exact Online.")),
    "taken_over": (PERSON, _lt("said that the invoice found in Exact Online is this one.")),
    "confirmed": (PERSON, _lt("said that it was deleted in Exact Online; its hours are free.")),
    "credited": (PERSON, _lt("said which credit note credits it.")),
    "uncredited": (PERSON, _lt("took the credit note off it again; its hours are billed on it.")),
    "claimed": (JOB, _lt("it is being sent.")),
    "not_sent": (JOB, _lt("nothing was sent; it waits.")),
    "unanswered": (JOB, _lt("no answer came; it is looked up in Exact Online.")),
    "absent": (JOB, _lt("it is proved not to be in Exact Online, and is sent once more.")),
    "unclear": (JOB, _lt("what came of it cannot be told here: a person has to say.")),
    "refused": (JOB, _lt("it was refused, or cannot be sent as it is.")),
    "made": (EXACT, _lt("made it.")),
    "found": (EXACT, _lt("had made it: it was found there.")),
    "processed": (EXACT, _lt("processed it, as was asked from here.")),
    "processed_there": (EXACT, _lt("shows it as processed.")),
    "credited_here": (EXACT, _lt("made the credit note, as was asked from here.")),
    "deleted_there": (EXACT, _lt("lists it as deleted; its hours are free.")),
    "deleted": (EXACT, _lt("deleted it, as was asked from here; its hours are free.")),
}


class Author(NamedTuple):
    """Who writes all messages of a sender; of a type that no caller from outside can make."""

    partner_id: int
    email_from: str


class KeepingExactInvoiceStates(models.Model):
    """The one gate for the state of a link: in order (``tools/invoice_states.py``), with a cause.

    A state is changed by :meth:`_move`. Any other write of one is refused, so neither the order
    nor the cause can be forgotten.
    """

    _inherit = "keeping.exact.invoice"

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        # Whoever is no superuser may not write it at all, and is told so further on.
        if "state" not in vals or not self.env.su:
            return super().write(vals)
        changing = self._check_order(vals["state"])
        result = super().write(vals)
        changing._note_cause()
        return result

    # ------------------------------------------------------------------ business

    def _move(self, state, cause, vals=None):
        """Change the state, and tell the history why.

        :param str state: one of ``FOLLOWS``; those that have it already stay as they are
        :param str cause: one of ``CAUSES``
        :param dict vals: what is written with it, also to those
        :raise WrongOrder: it may not follow the state of one of them; none is changed
        """
        moved = self.with_context(**{CAUSE: cause})
        return moved.write({**(vals or {}), "state": state})

    def _check_order(self, state):
        """Return those that change.

        :raise WrongOrder: one of them may not, or nobody said why
        """
        changing = self.filtered(lambda invoice: invoice.state != state)
        wrong = changing.filtered(lambda invoice: state not in FOLLOWS[invoice.state])
        if wrong:
            found = ", ".join(f"{invoice.name} ({invoice.state})" for invoice in wrong)
            raise WrongOrder(f"{state!r} may not follow the state of {found}. Nothing was changed.")
        if changing and self.env.context.get(CAUSE) not in CAUSES:
            raise WrongOrder(
                f"{state!r} was written without a cause: change a state with _move(state, cause)."
            )
        return changing

    def _note_cause(self):
        """Have the history say who changed the state and why, with the change itself."""
        if self.env.context.get("tracking_disable") or self.env.context.get("mail_notrack"):
            return
        who, why = CAUSES[self.env.context[CAUSE]]
        pending = self.env.cr.precommit.data
        # One transaction may bring several changes, which are told in one message.
        noted = pending.get(f"mail.tracking.message.{self._name}", {})
        # What was made in this very transaction is not tracked yet.
        tracked = pending.get(f"mail.tracking.{self._name}", {})
        new = self.filtered(lambda invoice: tracked.get(invoice.id) is None)
        for lang, invoices in self.grouped(lambda invoice: invoice._get_lang_of(who)).items():
            text = invoices.with_context(lang=lang)._explain_cause(who, why)
            for invoice in invoices - new:
                before = noted.get(invoice.id)
                told = Markup("{}<br/>{}").format(before, text) if before else escape(text)
                invoice._track_set_log_message(told)
            if made := invoices & new:
                made._message_log_batch(bodies=dict.fromkeys(made.ids, text))

    def _get_lang_of(self, who):
        """Return the language to tell it in: that of the person, else of who made the link."""
        if who == PERSON and self.env.lang:
            return self.env.lang
        # Odoo remembers it, so that neither user nor contact is read for it.
        return self.env["res.users"].with_user(self.create_uid).context_get()["lang"]

    def _track_finalize(self):
        # Of the author and the organisation little is told, and they have many columns. Without a
        # language that of the author would be read, for templates that there are none of.
        narrow = self.with_context(prefetch_fields=False, lang=self.env.lang or "en_US")
        return super(KeepingExactInvoiceStates, narrow)._track_finalize()

    def _message_compute_author(self, author_id=None, email_from=None):
        known = self.env.context.get(AUTHOR)
        if isinstance(known, Author) and author_id is None and email_from is None:
            return known
        return super()._message_compute_author(author_id, email_from)

    def _explain_cause(self, who, why):
        if who == PERSON:
            name = self.env.user.name
        elif who == EXACT:
            name = self.env._("Exact Online")
        else:
            name = self.env._("Sending in the background")
        return f"{name}: {self.env._(why)}"  # pylint: disable=W8301
