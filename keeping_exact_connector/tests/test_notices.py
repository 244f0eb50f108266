from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..tools import identity
from .common import ExactCase


@tagged("post_install", "-at_install")
class TestNotices(ExactCase):
    """What the banner tells, and to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.administration.connection_id.sudo()
        cls.connection.state = "connected"
        cls.processor = cls._make_user("processor", "processing")
        cls.plain = new_test_user(cls.env, "plain", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "portal_user", groups="base.group_portal")
        cls.exact_customer = cls._make_customer("Klant")
        cls.by_all = (cls.viewer, cls.invoicer, cls.processor, cls.administrator)

    def _notices(self, user, companies=None):
        companies = companies or user.company_id
        Notice = self.env["keeping.exact.notice"].with_user(user)
        return Notice.with_context(allowed_company_ids=companies.ids).get_notices()

    def _one(self, user, **kw):
        [notice] = self._notices(user, **kw)
        return notice

    def _queued(self):
        self._make_hours(1)
        invoice = self._preview().sudo()
        invoice.customer_id = self.exact_customer
        invoice._queue()
        return invoice

    def test_nothing_is_the_matter(self):
        self._queued()
        for user in (*self.by_all, self.outsider, self.plain, self.portal):
            self.assertEqual(self._notices(user), [])

    def test_everybody_who_works_with_invoices_is_told_each_as_much_as_they_may_know(self):
        self._queued()
        self._queued()
        self._make_hours(1, user=self.invoicer)
        self._bring(self._preview(self.invoicer), "uncertain")
        self.connection._set_attention("app_refused", "secret words of Exact")
        for user in self.by_all:
            notice = self._one(user)
            self.assertEqual(notice["level"], "danger")
            self.assertIn("needs attention", notice["title"])
            self.assertEqual(notice["since"], str(self.connection.state_since))
        for user in (self.viewer, self.invoicer, self.processor):
            notice = self._one(user)
            self.assertEqual((notice["model"], notice["record_id"]), (False, False))
            self.assertNotIn("secret words", str(notice))
            self.assertIn(self.administrator.name, notice["reason"])
        notice = self._one(self.administrator)
        self.assertIn("secret words", notice["reason"])
        self.assertEqual(notice["record_id"], self.connection.id)
        self.assertIn("3 invoices", notice["waiting"])
        self.assertIn("3 invoices", self._one(self.invoicer)["waiting"])
        # Who sees only links with own hours is told of those.
        self.assertIn("2 invoices", self._one(self.viewer)["waiting"])

    def test_nobody_without_the_groups_and_no_other_organisation_is_told(self):
        self.connection._set_attention("reconnect")
        for user in (self.outsider, self.plain, self.portal):
            self.assertEqual(self._notices(user), [])

    def test_who_works_in_several_organisations_is_told_whose(self):
        self.invoicer.sudo().company_ids = [Command.link(self.other_company.id)]
        both = self.company | self.other_company
        self.connection._set_attention("reconnect")
        self.assertEqual(self._one(self.invoicer)["company"], "")
        self.assertEqual(self._one(self.invoicer, companies=both)["company"], self.company.name)
        self.assertEqual(self._notices(self.invoicer, self.other_company), [])

    def test_a_pause_names_the_administration_and_leads_there(self):
        self._queued()
        until = fields.Datetime.add(fields.Datetime.now(), minutes=40)
        self.administration.sudo().write(
            {"paused_until": until, "refusal_code": "refused", "refusal_text": "Verplicht: X"}
        )
        notice = self._one(self.administrator)
        self.assertEqual(notice["level"], "warning")
        self.assertIn(self.administration.name, notice["title"])
        self.assertIn("Verplicht: X", notice["reason"])
        self.assertIn("One invoice", notice["waiting"])
        self.assertEqual(
            (notice["model"], notice["record_id"]),
            (self.administration._name, self.administration.id),
        )
        self.assertNotIn("Verplicht", str(self._one(self.viewer)))
        self.administration.sudo().paused_until = fields.Datetime.now()
        self.assertEqual(self._notices(self.viewer), [])

    def test_a_copy_says_so_before_anything_was_tried(self):
        grant = self.env["keeping.exact.grant"].sudo()
        known = identity.get_identity(self.env.cr)
        self.connection.grant_id = grant.create(
            {
                "site": "nl",
                "client_id": "x",
                "exact_user": "x",
                "database": identity.dump({**known, "oid": "0"}),
            }
        )
        self.assertEqual(self.connection.state, "connected")
        for user in self.by_all:
            self.assertIn("is a copy", self._one(user)["title"])
        self.assertEqual(self._one(self.administrator)["record_id"], self.connection.id)

    def test_disconnected_matters_only_where_an_administration_is_linked(self):
        self.connection.state = "disconnected"
        self.assertIn("is disconnected", self._one(self.viewer)["title"])
        self.administration.sudo().state = "available"
        self.assertEqual(self._notices(self.viewer), [])

    def test_a_connection_that_is_about_to_end_is_a_warning(self):
        grant = self.env["keeping.exact.grant"].sudo()
        self.connection.grant_id = grant.create(
            {
                "site": "nl",
                "client_id": "x",
                "exact_user": "x",
                "refresh_expires_at": "2026-12-24 12:00:00",
            }
        )
        self.connection._warn("expires_soon", "Exact Online cannot be reached.")
        notice = self._one(self.administrator)
        self.assertEqual(notice["level"], "warning")
        self.assertIn("12/24/2026", notice["title"])
        self.assertIn("cannot be reached", notice["reason"])

    def test_it_costs_few_queries_where_nothing_is_the_matter(self):
        self._notices(self.viewer)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self._notices(self.viewer)
