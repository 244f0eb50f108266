from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .sandbox_case import SandboxCase


@tagged("post_install", "-at_install")
class TestAdministrationAccess(SandboxCase):
    """Which Exact user can open an administration, and what happens when none can."""

    def setUp(self):
        super().setUp()
        self.codes = [entry["code"] for entry in self.sandbox.administrations[:2]]
        self._allow(anna=self.codes, sem=self.codes)
        self._link()
        # A name of its own for each test: the sandbox keeps what an earlier one made.
        self.customer.name = f"Klant {self.id()}"[-60:]
        self.other = self._make_connection()
        self._connect(self.other, "sem")
        self.mine = self.administration.with_user(self.administrator).with_company(self.company)

    def _allow(self, **divisions):
        for login, codes in divisions.items():
            self.sandbox.change_user(login, divisions=codes)

    def _read(self, connection):
        with self._committing():
            connection.action_refresh_administrations()

    def _sync(self):
        self.administration.sync_at = fields.Datetime.now()
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()

    def _twin(self):
        return self.other.search([]).administration_ids.filtered(
            lambda a: a.code == self.codes[1] and a.company_id == self.company
        )

    def _wizard_for(self, administration):
        action = administration.action_use_connection()
        Wizard = self.env[action["res_model"]].with_user(administration.env.user)
        return Form(Wizard.with_company(self.company).with_context(**action["context"]))

    # ------------------------------------------------------------------ another connection

    def test_both_connections_reach_it_and_the_one_in_use_stays(self):
        self.assertEqual(self.mine.reach_ids, self.connection | self.other)
        self.assertEqual(self.administration.connection_id, self.connection)
        # What is not linked is at hand where somebody connected last.
        self.assertEqual(self._twin().connection_id, self.other)

    def test_it_is_used_through_another_connection_and_nothing_else_changes(self):
        self._make_hours(1.5)
        invoice = self._preview()
        invoice.action_send()
        operations = self.env["keeping.exact.operation"].sudo()._get_open(invoice)
        operations.due_at = fields.Datetime.add(fields.Datetime.now(), hours=1)
        names = [
            name
            for name, field in self.administration._fields.items()
            if field.store
            and name not in ("write_date", "write_uid", "connection_id", "message_ids")
        ]
        before = self.administration.sudo().read(names, load=None)
        with self._committing(), self._wizard_for(self.mine) as form:
            self.assertEqual(form.connection_id, self.other)
            form.save().action_apply()
        self.assertEqual(self.administration.connection_id, self.other)
        self.assertEqual(self.administration.sudo().read(names, load=None), before)
        self.assertIn("Used through another connection", self.administration.message_ids[:1].body)
        self.assertFalse(operations.due_at, "what waited goes on")
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        # The old connection may go now.
        self._twin().unlink()
        self.connection.action_disconnect()
        self.connection.unlink()

    def test_a_connection_that_cannot_open_it_does_not_get_it(self):
        self._allow(sem=self.codes[1:])
        # What Exact told last is old by now: it is asked before anything changes.
        with self.assertRaisesRegex(UserError, "cannot open .* Nothing was changed"):
            self.mine._use_connection(self.other)
        self.assertEqual(self.administration.connection_id, self.connection)
        self._read(self.other)
        self.assertEqual(self.mine.reach_ids, self.connection)
        with self.assertRaisesRegex(UserError, "No other connection"):
            self.mine.action_use_connection()

    def test_a_connection_of_another_organisation_does_not_get_it(self):
        foreign = self._make_connection(self.other_company)
        self._connect(foreign)
        with self.assertRaises(AccessError):
            self.mine._use_connection(foreign.with_user(self.administrator))
        self.administrator.company_ids |= self.other_company
        both = (self.company | self.other_company).ids
        mine = self.mine.with_context(allowed_company_ids=both)
        with self.assertRaisesRegex(UserError, "cannot open"):
            mine._use_connection(foreign.with_env(mine.env))
        self.assertEqual(self.administration.connection_id, self.connection)

    def test_only_an_administrator_replaces_a_connection(self):
        for user in (self.invoicer, self.viewer, self.outsider):
            mine = self.administration.with_user(user).with_company(self.company)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    mine.action_use_connection()
                with self.assertRaises(AccessError):
                    mine._use_connection(self.other)
                with self.assertRaises(AccessError):
                    mine.read(["reach_ids"])

    # ------------------------------------------------------------------ gone and back

    def test_one_that_disappears_stays_linked_says_so_and_comes_back(self):
        self._make_hours(2)
        invoice = self._preview()
        self._allow(anna=self.codes[1:])
        self._read(self.connection)
        self.assertEqual(self.administration.state, "linked")
        self.assertTrue(self.administration.access_lost)
        self.assertEqual(self.connection.state, "connected", "its other ones work")
        self.assertIn(self.administration.display_name, self.connection.lost_administrations)
        self.assertLessEqual(
            self.administration.sync_at, fields.Datetime.add(fields.Datetime.now(), minutes=15)
        )
        self.sandbox.clear_calls()
        invoice.action_send()
        self._send()
        self.assertFalse(self._posts(), "a refusal that is sure to come is not asked for")
        self.assertEqual(invoice.state, "queued")
        self.assertIn("no access to this administration", invoice.error_message)
        self._allow(anna=self.codes)
        self._read(self.connection)
        self.assertFalse(self.administration.access_lost)
        self.assertFalse(self.connection.lost_administrations)
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    @mute_logger("odoo.addons.keeping_exact_connector.models.keeping_exact_administration")
    def test_reading_notices_both_by_itself(self):
        self._allow(anna=self.codes[1:])
        self._sync()
        self.assertTrue(self.administration.access_lost, self.administration.sync_message)
        self._allow(anna=self.codes)
        self._sync()
        self.assertFalse(self.administration.access_lost)
        self.assertFalse(self.administration.sync_message)
        self.assertIn(self.connection, self.administration.reach_ids)

    def test_another_connection_takes_over_what_is_lost(self):
        self._allow(anna=self.codes[1:])
        self._read(self.connection)
        with self._committing():
            self.mine._use_connection(self.other)
        self.assertFalse(self.administration.access_lost)
        self.assertEqual(self.administration.connection_id, self.other)

    def test_one_that_is_not_linked_goes_to_who_can_open_it_or_to_nobody(self):
        twin = self._twin()
        self._allow(sem=self.codes[:1])
        self._read(self.other)
        self.assertEqual((twin.state, twin.connection_id), ("available", self.connection))
        self._allow(anna=self.codes[:1])
        self._read(self.connection)
        self.assertEqual(twin.state, "inaccessible")
        self._allow(sem=self.codes)
        self._read(self.other)
        self.assertEqual((twin.state, twin.connection_id), ("available", self.other))

    def test_a_consent_of_one_organisation_is_noticed_by_the_other_of_the_same_user(self):
        foreign = self._make_connection(self.other_company)
        self._allow(anna=self.codes[1:])
        self._connect(foreign)
        self.assertEqual(foreign.sudo().grant_id, self.connection.sudo().grant_id)
        self.assertTrue(self.administration.access_lost)
        self.assertEqual(foreign.administration_ids.mapped("code"), self.codes[1:])
