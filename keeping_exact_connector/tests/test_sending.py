import json
import math
import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import exact_online
from ..sending.runner import serve
from ..tools.locks import SENDING, try_administration_lock
from .sandbox_case import INVOICES, SendingCase


@tagged("post_install", "-at_install")
class TestSending(SendingCase):
    profile = "strict"

    def test_an_invoice_is_made_with_customer_and_item_when_they_are_missing(self):
        self.administration.sudo().item_id = False
        invoice = self._queued(your_ref="PO 7", invoice_date="2026-10-31")
        self.assertEqual(invoice.state, "queued")
        self.assertFalse(self._posts())
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        [row] = self._in_exact(invoice)
        self.assertEqual(row["InvoiceID"], invoice.guid)
        self.assertEqual(row["YourRef"], "PO 7")
        self.assertEqual(float(row["AmountFCExclVat"]), invoice.amount_untaxed)
        self.assertEqual(invoice.amount_untaxed, 375)
        self.assertAlmostEqual(float(row["AmountFC"]), invoice.amount_total, 2)
        lines = [
            line
            for line in self._rows("salesinvoice/SalesInvoiceLines")
            if line["InvoiceID"] == invoice.guid
        ]
        self.assertEqual([float(line["Quantity"]) for line in lines], [3.75])
        customer = invoice.customer_id.sudo()
        self.assertTrue(customer.guid and customer.code)
        self.assertEqual(customer.match_origin, "created")
        item = self.administration.item_id
        self.assertEqual(item.code, "UREN")
        [unit] = [r for r in self._rows("logistics/Units") if r["Code"].strip() == item.unit]
        self.assertEqual(unit["TimeUnit"], "hh")
        self.assertEqual(lines[0]["VATCode"].strip(), self.administration.vat_code_id.code)
        self.assertEqual(float(lines[0]["VATPercentage"]), 0.21)

    def test_a_second_invoice_costs_one_call(self):
        self._queued()
        self._send()
        self.sandbox.clear_calls()
        second = self._queued(4)
        self._send()
        self.assertEqual(second.state, "open")
        # Where the answer lacks totals they are read, for all that were made in one call.
        lacking = ["GET"] if self.profile == "strict" else []
        self.assertEqual([call["method"] for call in self.sandbox.calls()], ["POST", *lacking])

    def test_sending_twice_sends_once(self):
        invoice = self._queued()
        self._send()
        self._send()
        self.assertEqual(len(self._in_exact(invoice)), 1)
        with self.assertRaisesRegex(UserError, "Only drafts"):
            invoice.action_send()

    def test_pages_are_told_of_each_invoice_in_a_message_a_second(self):
        invoices = self._queued() | self._queued(4) | self._queued(5) | self._queued(6)
        Bus = self.env["bus.bus"].sudo()
        before = Bus.search([], order="id desc", limit=1).id or 0
        begun = time.monotonic()
        self._send()
        seconds = time.monotonic() - begun
        sent = Bus.search([("id", ">", before), ("message", "like", "connector/changed")])
        told = [json.loads(row.message)["payload"]["ids"] for row in sent]
        self.assertEqual({number for ids in told for number in ids}, set(invoices.ids))
        self.assertLessEqual(len(told), 2 + seconds)

    def test_a_refusal_is_shown_and_can_be_tried_again(self):
        invoice = self._refused("Verplicht: Dagboek")
        self.assertEqual(invoice.state, "failed")
        self.assertIn("Verplicht: Dagboek", invoice.error_message)
        self.assertTrue(invoice.error_remedy)
        self._send()
        self.assertEqual(len(self._in_exact(invoice)), 0, "a refusal is not repeated by itself")
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertFalse(invoice.error_message)

    def test_a_reader_of_french_reads_in_french_why_it_was_refused(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.env["ir.module.module"]._load_module_terms(["keeping_exact_connector"], ["fr_BE"])
        self.invoicer.sudo().lang = "fr_BE"
        invoice = self._refused("Obligatoire: Journal")
        mine = self.env(user=self.invoicer, context={"lang": self.invoicer.lang})
        read = invoice.with_env(mine)
        self.assertIn("Aucun journal de ventes n'est choisi", read.error_message)
        self.assertIn("Obligatoire: Journal", read.error_message)
        self.assertIn("Choisissez ici un journal de ventes", read.error_remedy)

    def test_either_english_word_for_what_is_missing_is_known(self):
        """The sandbox says it as Exact does; the reference knows both (chapter 5.4)."""
        self._queued()
        self._send()
        place = {"code": self.administration.code}
        self.sandbox.control("POST", "administrations", {**place, "default_journal": None})
        self.addCleanup(
            self.sandbox.control, "POST", "administrations", {**place, "default_journal": "70"}
        )
        self.sandbox.change_user(self.sandbox.login, language="en")
        self.addCleanup(self.sandbox.change_user, self.sandbox.login, language="nl")
        self.addCleanup(self.sandbox.settings, mandatory_text="mandatory")
        self.administration.sudo().journal_id = False
        for word in ("Required", "Mandatory"):
            self.sandbox.settings(mandatory_text=word.lower())
            invoice = self._queued(4)
            self._send()
            self.assertEqual(invoice.error_text, f"{word}: Journal")
            self.assertEqual(invoice.error_code, "journal_missing")
            self.assertIn("No sales journal is chosen", invoice.error_message)

    def test_exact_out_of_reach_loses_nothing(self):
        self._queued()
        self._send()
        invoice = self._queued(4)
        self.sandbox.stop()
        try:
            self._send()
            self.assertEqual(invoice.state, "queued")
            self.assertIn("cannot be reached", invoice.error_message)
            self.assertGreater(invoice.retry_at, fields.Datetime.now())
        finally:
            self.sandbox.start()
        self._send()
        self.assertEqual(invoice.state, "queued", "not before its time")
        invoice.action_retry()
        self._send()
        self.assertEqual(invoice.state, "open")
        self.assertEqual(len(self._in_exact(invoice)), 1)

    def test_one_that_is_refused_does_not_stop_the_next(self):
        self._queued()
        self._send()
        self._refuse_next(INVOICES, "Nee")
        first = self._queued(1)
        second = self._queued(2)
        self._send()
        self.assertEqual([first.state, second.state], ["failed", "open"])

    def test_release_while_it_waits_takes_it_out_of_the_queue(self):
        invoice = self._queued()
        invoice.action_release()
        self._send()
        self.assertEqual(invoice.state, "cancelled")
        self.assertFalse(self._in_exact(invoice))

    def test_release_while_it_is_being_sent_is_refused(self):
        invoice = self._queued()
        for state in ("sending", "uncertain"):
            self._bring(invoice, state)
            with self.assertRaisesRegex(UserError, "being sent or looked up"):
                invoice.action_release()

    def test_release_of_an_open_invoice_leaves_it_in_exact(self):
        invoice = self._queued()
        self._send()
        invoice.action_release()
        self.assertEqual(invoice.state, "disconnected")
        self.assertEqual(len(self._in_exact(invoice)), 1)
        self.assertEqual(self._preview().hours, 3.75)

    def test_open_in_exact_is_for_whoever_may_see_the_link(self):
        invoice = self._queued()
        self._send()
        url = invoice.with_user(self.viewer).action_open_in_exact()["url"]
        self.assertIn(invoice.customer_id.guid, url)

    def test_time_that_is_up_leaves_the_rest_for_the_next_run(self):
        first, second = self._queued(1), self._queued(2)
        with self._committing():
            done = serve(self.env.registry, self.administration.id, 0)
        self.assertFalse(done)
        self.assertEqual([first.state, second.state], ["queued", "queued"])
        self.assertFalse(self.sandbox.calls())

    def test_a_token_that_cannot_be_had_is_not_the_invoices_fault(self):
        self._queued()
        self._send()
        invoice = self._queued(4)
        grant = self.connection.sudo().grant_id
        grant._store_tokens(exact_online.Tokens("dead", "dead", 600))
        grant.refreshed_at = fields.Datetime.now() - timedelta(seconds=571)
        with mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_grant"):
            self._send()
        self.assertEqual(invoice.state, "queued")
        self.assertEqual(invoice.error_code, "not_connected")
        self.assertEqual(self.connection.state, "attention")
        self._connect(self.connection)
        with self._committing():
            self.connection._resume_work()
        self._send()
        self.assertEqual(invoice.state, "open")

    def test_a_link_that_was_deleted_holds_up_nobody(self):
        self._queued()
        self._send()
        gone = self._queued(1)
        operation = self.env["keeping.exact.operation"]._get_open(gone)
        gone.action_release()
        operation.recheck_at = fields.Datetime.now() - timedelta(minutes=1)
        gone.unlink()
        invoice = self._queued(2)
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        self.assertFalse(operation.recheck_at)

    def test_an_administration_that_is_no_longer_linked_sends_nothing(self):
        invoice = self._queued()
        self.administration.sudo().state = "available"
        self._send()
        self.assertEqual(invoice.state, "queued")
        self.assertFalse(self._posts(""))

    def test_two_senders_do_not_work_at_once(self):
        self._queued()
        administration_id = self.administration.id
        # A connection of its own: within one, the lock may be taken again.
        with self.registry._db.cursor() as other:
            self.assertTrue(try_administration_lock(other, SENDING, administration_id))
            with self._committing():
                done = serve(self.env.registry, administration_id, math.inf)
        self.assertTrue(done)
        self.assertFalse(self._posts())


@tagged("post_install", "-at_install")
class TestSendingLenient(TestSending):
    """The same with the other side of everything that the sources leave open."""

    profile = "lenient"
