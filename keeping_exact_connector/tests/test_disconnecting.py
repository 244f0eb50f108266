from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestDisconnecting(ExactCase):
    """What giving up a connection or an administration means is said before, with numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.administration.connection_id
        cls.connection.sudo().state = "connected"

    def _invoice(self, state, *hours):
        self._make_hours(*(hours or (1,)))
        invoice = self._preview().sudo()
        invoice.customer_id = self._make_customer(f"Klant {invoice.id}")
        if state == "queued":
            invoice._queue()
        self._bring(invoice, state)
        return invoice

    def _ask(self, record, method, user=None):
        action = getattr(record.with_user(user or self.administrator), method)()
        wizard = self.env[action["res_model"]].with_user(user or self.administrator)
        return wizard.browse(action["res_id"])

    def _numbers(self, wizard):
        return (wizard.waiting_count, wizard.draft_count, wizard.link_count, wizard.hours)

    def test_disconnecting_tells_what_waits_and_what_stays(self):
        invoices = [self._invoice(state) for state in ("queued", "sending", "uncertain")]
        drafts = [self._invoice("draft"), self._invoice("failed")]
        sent = [self._invoice("open", 1.5), self._invoice("paid", 2)]
        self._invoice("cancelled")
        wizard = self._ask(self.connection, "action_ask_disconnect")
        self.assertEqual(self._numbers(wizard), (3, 2, 2, 3.5))
        self.assertEqual(wizard.administration_names, self.administration.display_name)
        self.assertEqual(self.connection.state, "connected", "asking changes nothing")
        with Form(wizard) as form:
            self.assertEqual(form.waiting_count, 3)
        self.assertTrue(wizard.may_go_on)
        wizard.action_confirm()
        self.assertEqual(self.connection.state, "disconnected")
        self.assertTrue(self.connection.state_since)
        states = [invoice.state for invoice in (*invoices, *drafts, *sent)]
        self.assertEqual(
            states, ["queued", "sending", "uncertain", "draft", "failed", "open", "paid"]
        )
        self.assertTrue(all(sent_one.hour_ids.mapped("live") for sent_one in sent))
        self.assertEqual(self.administration.state, "linked", "connecting again is all it takes")

    def test_nothing_was_invoiced_yet(self):
        wizard = self._ask(self.connection, "action_ask_disconnect")
        self.assertEqual(self._numbers(wizard), (0, 0, 0, 0))

    def test_unlinking_waits_for_what_is_on_its_way(self):
        waiting = self._invoice("queued")
        wizard = self._ask(self.administration, "action_ask_unlink")
        self.assertEqual(wizard.waiting_count, 1)
        self.assertFalse(wizard.may_go_on)
        with self.assertRaisesRegex(UserError, "being sent"):
            wizard.action_confirm()
        self.assertEqual(wizard.action_open_waiting()["domain"][1][0], "state")
        waiting._release()
        again = self._ask(self.administration, "action_ask_unlink")
        again.action_confirm()
        self.assertEqual(self.administration.state, "available")
        self.assertEqual(self.connection.state, "connected")

    def test_numbers_of_one_administration_are_its_own(self):
        other = self.administration.sudo().copy(
            {"code": 100009, "name": "Other books", "vat_code_id": False, "state": "available"}
        )
        other.state = "linked"
        self._invoice("queued")
        self.assertEqual(self._numbers(self._ask(other, "action_ask_unlink")), (0, 0, 0, 0))
        self.assertEqual(self._ask(self.connection, "action_ask_disconnect").waiting_count, 1)

    def test_only_administrators_of_the_organisation_ask_and_are_told(self):
        stranger = self._make_user("stranger", "administrator", company=self.other_company)
        for user in (self.viewer, self.invoicer, self.outsider, stranger):
            for record, method in (
                (self.connection, "action_ask_disconnect"),
                (self.administration, "action_ask_unlink"),
            ):
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(record.with_user(user), method)()
        # Nor by way of a question of one's own.
        Wizard = self.env["keeping.exact.disconnect"].with_user(stranger)
        for name, record in (
            ("connection_id", self.connection),
            ("administration_id", self.administration),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                wizard = Wizard.create({name: record.id})
                wizard.read(["waiting_count"])
        self.assertEqual(self.connection.state, "connected")
