import re
from itertools import product
from pathlib import Path

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..models.keeping_exact_invoice_states import AUTHOR
from ..tools.invoice_states import FOLLOWS, WrongOrder, find_way
from .common import ExactCase
from .processing_case import ProcessingCase

ARCHITECTURE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"


@tagged("post_install", "-at_install")
class TestInvoiceStates(ExactCase):
    """One table says which state may follow which, and nothing goes round it."""

    def _make(self, state="draft"):
        return (
            self.env["keeping.exact.invoice"]
            .sudo()
            .create(
                {
                    "administration_id": self.administration.id,
                    "partner_id": self.customer.id,
                    "currency_id": self.euro.id,
                    "state": state,
                }
            )
        )

    def test_every_pair_is_taken_or_refused_as_the_table_says(self):
        names = [name for name, _label in self._make()._fields["state"].selection]
        self.assertEqual(set(names), set(FOLLOWS))
        for before, after in product(names, names):
            with self.subTest(before=before, after=after):
                invoice = self._make(before)
                if before == after or after in FOLLOWS[before]:
                    invoice._move(after, "claimed")
                    self.assertEqual(invoice.state, after)
                    continue
                with self.assertRaisesRegex(WrongOrder, "may not follow"):
                    invoice._move(after, "claimed")
                with self.assertRaises(WrongOrder):
                    invoice.state = after
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(invoice.state, before)

    def test_the_way_back_is_only_there_where_it_is_meant(self):
        self.assertEqual(find_way("draft", "open"), ["queued", "sending", "open"])
        for end in ("removed", "disconnected", "cancelled"):
            self.assertEqual(FOLLOWS[end], ())
        self.assertEqual(find_way("open", "draft"), [])

    def test_of_several_none_changes_when_one_may_not(self):
        right, wrong = self._make("open"), self._make("draft")
        with self.assertRaisesRegex(WrongOrder, wrong.name):
            (right | wrong)._move("processed", "processed", {"number": "7"})
        self.assertEqual((right | wrong).mapped("state"), ["open", "draft"])
        self.assertFalse(right.number)

    def test_a_state_without_a_cause_is_refused(self):
        invoice = self._make()
        with self.assertRaisesRegex(WrongOrder, "cause"):
            invoice.state = "queued"
        with self.assertRaisesRegex(WrongOrder, "cause"):
            invoice._move("queued", "no such cause")
        self.assertEqual(invoice.state, "draft")

    def test_nobody_writes_a_state_over_rpc_whatever_the_context(self):
        invoice = self._make("processed").with_user(self.invoicer)
        with self.assertRaises(AccessError):
            invoice.with_context(keeping_exact_cause="claimed").write({"state": "paid"})
        self.assertEqual(invoice.state, "processed")

    def test_the_picture_in_the_documentation_is_the_table(self):
        drawn = re.findall(r"^    (\w+) --> (\w+): ", ARCHITECTURE.read_text(), re.MULTILINE)
        table = {(state, after) for state, nexts in FOLLOWS.items() for after in nexts}
        self.assertEqual(set(drawn), table)


@tagged("post_install", "-at_install")
class TestStateHistory(ProcessingCase):
    """The history says of each change who caused it, and why."""

    def _told(self, invoice):
        """Return the changes in the history: (before, after, what was said), oldest first."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
        state = self.env["ir.model.fields"]._get("keeping.exact.invoice", "state")
        messages = invoice.sudo().message_ids.sorted("id")
        return [
            (value.old_value_char, value.new_value_char, html2plaintext(message.body).strip())
            for message in messages
            for value in message.tracking_value_ids
            if value.field_id == state
        ]

    def _mine(self, invoice):
        context = {"tracking_disable": False, "keeping_exact_cause": False}
        return invoice.with_user(self.invoicer).with_context(**context)

    def _draft(self):
        self._make_hours(1)
        invoice = self._preview()
        # As if it had been made before: what is new in a transaction is not tracked.
        self.env.cr.precommit.run()
        return invoice

    def _sent(self):
        """Return an invoice that a person has sent, and that is in Exact."""
        self._open(1)
        invoice = self._draft()
        self._mine(invoice).action_send()
        self.env.cr.precommit.run()
        self._send()
        return invoice

    def test_the_whole_life_of_an_invoice(self):
        invoice = self._sent()
        self._process_in_exact(invoice)
        self._mine(invoice).action_refresh()
        self.env.cr.precommit.run()
        self._mine(invoice).action_release()
        told = self._told(invoice)
        self.assertEqual(
            [after for _before, after, _said in told],
            ["Waiting", "Sending", "Open in Exact", "Processed", "Disconnected"],
        )
        name = self.invoicer.name
        self.assertEqual(
            [said for _before, _after, said in told],
            [
                f"{name}: asked for it to be made in Exact Online.",
                "Sending in the background: it is being sent.",
                "Exact Online: made it.",
                "Exact Online: shows it as processed.",
                f"{name}: released its hours; the invoice stays in Exact Online.",
            ],
        )

    def test_the_history_says_whose_doing_it_was(self):
        invoice = self._sent()
        self._told(invoice)
        changes = invoice.sudo().message_ids.sorted("id").filtered("tracking_value_ids")
        root, mine = self.env.ref("base.partner_root"), self.invoicer.partner_id
        self.assertEqual([message.author_id for message in changes], [mine, root, root])
        self.assertEqual(changes[1:].mapped("email_from"), [root.email_formatted] * 2)

    def test_nobody_writes_in_the_name_of_another(self):
        forged = {AUTHOR: [self.administrator.partner_id.id, "boss@example.com"]}
        invoice = self._draft().with_user(self.invoicer).with_context(**forged)
        message = invoice.message_post(body="Paid in cash")
        self.assertEqual(message.author_id, self.invoicer.partner_id)
        self.assertNotIn("boss", message.email_from)

    def test_an_answer_that_got_lost(self):
        self._open(1)
        self.sandbox.add_fault(method="POST", path="SalesInvoices", kind="lose_request", times=1)
        invoice = self._queued(4)
        self._send()
        self._pass_time()
        self._send()
        self._send()
        self.assertEqual(
            [said.split(": ")[1] for _before, _after, said in self._told(invoice)],
            [
                "it is being sent.",
                "no answer came; it is looked up in Exact Online.",
                "it is proved not to be in Exact Online, and is sent once more.",
                "it is being sent.",
                "made it.",
            ],
        )

    def test_what_is_made_and_sent_at_once_says_who_asked_for_it(self):
        self._make_hours(1)
        wizard = self._wizard().with_context(tracking_disable=False)
        invoice = self.env["keeping.exact.invoice"].browse(wizard.action_create()["res_id"])
        self._told(invoice)
        said = [html2plaintext(message.body).strip() for message in invoice.sudo().message_ids]
        asked = f"{self.invoicer.name}: asked for it to be made in Exact Online."
        self.assertEqual(said.count(asked), 1, said)

    def test_two_changes_in_one_transaction_are_both_told(self):
        invoice = self._draft().sudo().with_context(tracking_disable=False)
        invoice._move("queued", "sent")
        invoice._move("cancelled", "given_up")
        [(before, after, said)] = self._told(invoice)
        self.assertEqual((before, after), ("Draft", "Cancelled"))
        self.assertIn("asked for it", said)
        self.assertIn("gave it up", said)

    def test_a_job_tells_in_the_language_of_who_made_the_invoice(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"]._get("keeping_exact_connector")._update_translations("nl_NL")
        self.invoicer.lang = "nl_NL"
        self._make_hours(1)
        invoice = self._preview(self.invoicer)
        invoice.action_send()
        self._send()
        self.assertIn("wordt verstuurd", self._told(invoice)[0][2])
