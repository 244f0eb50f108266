from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestMapping(ExactCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exact = cls._make_customer(
            "Klant en Zoon BV", guid="e1", code="1001", vat="NL001234567B01"
        )
        cls.Mapping = cls.env["keeping.exact.mapping"].with_user(cls.invoicer)

    def _row(self, partner=None, administration=None, user=None):
        self.env.invalidate_all()
        partner, administration = partner or self.customer, administration or self.administration
        return (
            self.env["keeping.exact.mapping"]
            .with_user(user or self.invoicer)
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("administration_id", "=", administration.id),
                ]
            )
        )

    # ------------------------------------------------------------------ what is listed

    def test_whoever_has_hours_to_invoice_is_listed_with_a_proposal_and_its_reason(self):
        self.customer.vat = "NL001234567B01"
        self._make_hours(1.5, 2)
        row = self._row()
        self.assertEqual(row.state, "open")
        self.assertEqual(row.hours, 3.5)
        self.assertEqual(row.proposed_customer_id, self.exact)
        self.assertEqual(row.proposal_reason, "vat")
        self.assertEqual(row.proposal_count, 1)

    def test_hours_that_are_billed_on_a_link_still_list_their_customer(self):
        self._make_hours(1)
        self._preview()
        self.assertEqual(self._row().hours, 0)
        self.assertEqual(self._row().state, "open")

    def test_a_project_without_customer_is_listed_and_leads_to_the_project(self):
        project = self._make_project("Zwevend", self.env["res.partner"])
        self._make_hours(2, project=project)
        row = self.Mapping.search([("project_id", "=", project.id)])
        self.assertEqual((row.state, row.hours), ("project", 2))
        action = row.action_open_project()
        self.assertEqual((action["res_model"], action["res_id"]), ("project.project", project.id))
        with self.assertRaisesRegex(UserError, "has no customer in Odoo"):
            row.customer_id = self.exact
        project.partner_id = self.customer
        self.assertFalse(self.Mapping.search([("project_id", "=", project.id)]))

    def test_one_partner_is_linked_apart_in_each_administration(self):
        second = self._make_administration(self.company, 100003)
        there = self._make_customer("Klant", administration_id=second.id, guid="there")
        self._make_hours(1)
        self._row().customer_id = self.exact
        self.assertEqual(self._row().state, "linked")
        self.assertEqual(self._row(administration=second).state, "elsewhere")
        self._row(administration=second).customer_id = there
        self.assertEqual(self._row(administration=second).state, "linked")
        self.assertEqual(there.partner_id, self.exact.partner_id)

    def test_a_supplier_and_a_prospect_of_the_same_name_are_named_and_not_proposed(self):
        self.exact.write({"status": "A", "is_supplier": True, "name": self.customer.name})
        prospect = self._make_customer(self.customer.name, code="1002", status="P", guid="p")
        self._make_hours(1)
        row = self._row()
        self.assertFalse(row.proposed_customer_id)
        self.assertIn("1001 · Klant & Zoon is only a supplier", row.remark)
        self.assertIn("1002 · Klant & Zoon is not a customer", row.remark)
        self.assertIn("read it again", row.remark)
        self.assertIn(self.exact.guid, row.action_open_in_exact()["url"])
        with self.assertRaisesRegex(UserError, "prospect"):
            row.customer_id = prospect

    # ------------------------------------------------------------------ what is done

    def test_in_bulk_only_proposals_without_a_rival_are_accepted(self):
        doubtful = self._make_partner("Jansen BV")
        for guid in ("j1", "j2"):
            self._make_customer("Jansen", guid=guid)
        self._make_hours(1)
        self._make_hours(1, project=self._make_project("Jansen", doubtful))
        self.exact.name = "Klant & Zoon"
        rows = self._row() | self._row(doubtful)
        action = rows.action_accept()
        self.assertIn("1 linked, 1 left", action["params"]["message"])
        self.assertEqual(self._row().customer_id, self.exact)
        self.assertEqual(self._row().match_origin, "person")
        self.assertFalse(self._row(doubtful).customer_id)
        self._row(doubtful).action_accept()
        self.assertTrue(self._row(doubtful).customer_id)

    def test_two_partners_that_look_like_one_customer_do_not_share_it(self):
        self.exact.name = "Klant & Zoon"
        twin = self._make_partner("Klant & Zoon B.V.")
        self._make_hours(1)
        self._make_hours(1, project=self._make_project("Twin", twin))
        rows = self._row() | self._row(twin)
        self.assertIn("1 linked, 1 left", rows.action_accept()["params"]["message"])
        with self.assertRaisesRegex(UserError, "is linked to"):
            (rows.filtered(lambda row: not row.customer_id)).customer_id = self.exact

    def test_another_choice_takes_drafts_along_and_frees_the_first_customer(self):
        other = self._make_customer("Andere", guid="other")
        self._make_hours(1)
        self._row().customer_id = self.exact
        draft = self._preview()
        self.assertEqual(draft.customer_id, self.exact)
        self._row().customer_id = other
        self.assertEqual(draft.customer_id, other)
        self.assertFalse(self.exact.partner_id)
        self._row().customer_id = False
        self.assertEqual(self._row().state, "open")

    def test_a_new_customer_is_planned_once_and_stays_when_an_invoice_is_given_up(self):
        self._make_hours(1)
        self._row().action_new()
        row = self._row()
        self.assertEqual(row.state, "coming")
        row.action_new()
        operations = self.env["keeping.exact.operation"].sudo()
        self.assertEqual(len(operations._get_open(row.customer_id)), 1)
        invoice = self._preview()
        invoice.action_send()
        invoice.action_release()
        self.assertEqual(self._row().state, "coming")
        with self.assertRaisesRegex(UserError, "being made"):
            self._row().customer_id = self.exact

    def test_what_exact_said_of_a_customer_it_refused_is_shown(self):
        self._make_hours(1)
        self._row().action_new()
        self._row().customer_id.sudo()._exact_refused("email_invalid", "Ongeldig: Email")
        self.assertEqual(self._row().state, "open")
        self.assertIn("Ongeldig: Email", self._row().remark)

    def test_ignored_partners_leave_the_list_and_come_back(self):
        self._make_hours(1)
        self._row().action_ignore()
        self.assertEqual(self._row().state, "ignored")
        self._row().action_watch()
        self.assertEqual(self._row().state, "open")

    # ------------------------------------------------------------------ rights

    def test_administrators_map_without_seeing_how_many_hours(self):
        self._make_hours(1)
        row = self._row(user=self.administrator)
        self.assertFalse(row.hours)
        row.customer_id = self.exact
        self.assertEqual(self._row().state, "linked")

    def test_nobody_else_maps_and_other_organisations_see_nothing(self):
        self._make_hours(1)
        row = self._row()
        theirs = self.env["keeping.exact.mapping"].with_user(self.outsider)
        self.assertFalse(theirs.with_company(self.other_company).search([]))
        for user in (self.viewer, self.outsider):
            mine = row.with_user(user)
            for action in (
                "action_accept", "action_new", "action_ignore", "action_watch", "action_read_again"
            ):  # fmt: skip
                with self.subTest(user=user.login, action=action), self.assertRaises(AccessError):
                    getattr(mine, action)()
            with self.assertRaises(AccessError):
                mine.customer_id = self.exact
        with self.assertRaisesRegex(AccessError, "Only the customer"):
            row.write({"partner_id": self.exact.id})
        foreign = self._make_administration(self.other_company, 100009)
        alien = self._make_customer("Alien", administration_id=foreign.id)
        with self.assertRaises(AccessError):
            row.customer_id = alien
        second = self._make_administration(self.company, 100004)
        elsewhere = self._make_customer("Elsewhere", administration_id=second.id)
        with self.assertRaisesRegex(UserError, "another administration"):
            row.customer_id = elsewhere

    def test_hours_in_projects_one_may_not_see_are_not_counted(self):
        hidden = self._make_project("Geheim", self.customer)
        hidden.privacy_visibility = "followers"
        self._make_hours(8, project=hidden)
        self._make_hours(1)
        self.assertEqual(self._row().hours, 1)

    # ------------------------------------------------------------------ size

    def _count_queries(self, partners):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Mapping.search([("partner_id", "in", partners.ids)]).web_read(
            {
                "partner_id": {"fields": {"display_name": {}}},
                "customer_id": {"fields": {"display_name": {}}},
                "proposed_customer_id": {"fields": {"display_name": {}}},
                "proposal_reason": {},
                "remark": {},
                "hours": {},
                "state": {},
            }
        )
        return self.env.cr.sql_log_count - before

    @mute_logger("odoo.sql_db")
    def test_a_long_list_takes_no_more_queries_than_a_short_one(self):
        partners = self.env["res.partner"]
        for position in range(40):
            partner = self._make_partner(f"Klant {position}")
            partners |= partner
            self._make_hours(1, project=self._make_project(f"Project {position}", partner))
            self._make_customer(f"Klant {position}", guid=f"k{position}")
            self._make_customer(f"Klant {position}", guid=f"l{position}", status="P")
        self._count_queries(partners[:2])
        self.assertEqual(self._count_queries(partners[:4]), self._count_queries(partners))
