from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .link_case import LinkCase


@tagged("post_install", "-at_install")
class TestLinkProposal(LinkCase):
    """The hours that are proposed for an invoice, and on which of its lines they are."""

    profile = "strict"

    def test_the_hours_of_the_month_before_that_are_exactly_the_invoice(self):
        self._make_hours(1.5, 2, date="2026-10-12")
        self._make_hours(8, date="2026-11-02")
        link = self._chosen(self._bill((3.5, 100, "Website")))
        self.assertEqual(link.step, "choose")
        self.assertEqual(link.partner_id, self.customer)
        self.assertEqual((link.date_from, link.date_to), (date(2026, 10, 1), date(2026, 10, 31)))
        self.assertEqual((link.found_count, link.found_hours), (2, 3.5))
        for part in ("All 2", "Klant & Zoon", "October 2026", "3:30", "350.00", "exactly"):
            self.assertIn(part, link.proposal)
        self.assertFalse(link.found_difference)

    def test_hours_of_one_project_that_are_one_line(self):
        shop = self._make_project("Shop", self.customer)
        self._make_hours(5)
        self._make_hours(2, project=shop)
        link = self._chosen(self._bill((1, 50, "Hosting"), (2, 100, "Shop")))
        self.assertEqual(link.project_ids, shop)
        self.assertIn("exactly the amount of line 2", link.proposal)

    def test_hours_since_the_last_invoice(self):
        self._make_hours(1, date="2026-09-10")
        self._linked(self._bill((1, 100, "September"), day=date(2026, 9, 30)))
        self._make_hours(4, date="2026-09-25")
        self._make_hours(2, date="2026-10-12")
        link = self._chosen(self._bill((6, 100, "October")))
        self.assertEqual(link.date_from, date(2026, 9, 11))
        self.assertEqual(link.found_hours, 6)
        self.assertIn("exactly the amount of the invoice", link.proposal)

    def test_what_does_not_add_up_says_so(self):
        self._make_hours(2)
        link = self._chosen(self._bill((1, 987, "Advance")))
        self.assertIn("Nothing adds up", link.proposal)
        self.assertIn("987.00", link.proposal)
        self.assertEqual(link.found_difference, 787)

    def test_hours_alone_are_compared_without_a_rate(self):
        self.env["keeping.exact.rate"].search([]).unlink()
        self._make_hours(2, 1)
        link = self._chosen(self._bill((3, 80, "Website")))
        self.assertEqual(link.rate_mode, "line_rate")
        self.assertIn("exactly the hours of the invoice", link.proposal)

    def test_a_customer_without_hours_is_told(self):
        link = self._chosen(self._bill())
        self.assertIn("no unbilled hours", link.proposal)
        with self.assertRaisesRegex(UserError, "no hours"):
            link.action_compare()

    def test_the_breakdown_of_which_the_groups_are_the_lines(self):
        self._make_hours(2, user=self.viewer)
        self._make_hours(3, user=self.invoicer)
        link = self._compared(self._bill((2, 100, "Junior"), (3, 100, "Senior")))
        self.assertEqual(link.group_by, "employee")
        self.assertEqual(set(link.group_ids.mapped("reason")), {"both"})
        self.assertFalse(link.difference_size)

    def test_selected_hours_look_for_their_invoice(self):
        mine = self._make_hours(2, 1)
        other = self._make_hours(1, project=self._make_project("Else", self._make_partner("Ander")))
        guid = self._bill((3, 100, "Website"))
        hours = (mine | other).with_user(self.invoicer)
        action = mine.with_user(self.invoicer).action_keeping_exact_link_invoice()
        link = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        self.assertEqual(link.search_customer_id.sudo(), self.acme)
        action = hours.action_keeping_exact_link_invoice()
        link = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        link._choose(guid)
        self.assertEqual((link.found_count, link.left_stranger_count), (2, 1))
        self.assertIn("of another customer", link.left_out)
        self.assertIn("The 2 entries that you selected", link.proposal)
        link.action_compare()
        self.assertEqual(self._saved(link).hour_ids.timesheet_id, mine)

    def test_a_customer_who_is_not_known_yet_is_proposed_by_name(self):
        stranger = self.theirs[1]
        partner = self._make_partner(stranger.name)
        self._make_hours(3, project=self._make_project("New", partner))
        link = self._chosen(self._bill(customer=stranger))
        self.assertEqual(link.partner_id, partner)
        link.action_compare()
        invoice = self._saved(link)
        self.assertEqual(stranger.partner_id, partner)
        self.assertEqual((invoice.partner_id, invoice.customer_id), (partner, stranger))

    def test_a_customer_nobody_knows_is_chosen_by_the_person(self):
        stranger = self.theirs[1]
        link = self._chosen(self._bill(customer=stranger))
        self.assertFalse(link.partner_id)
        with self.assertRaisesRegex(UserError, "is no customer in Odoo yet"):
            link.action_compare()
        self._make_hours(3)
        link.partner_id = self.customer
        link.action_propose()
        link.action_compare()
        with self.assertRaisesRegex(UserError, "Correct that under Link customers"):
            link.action_save()

    def test_a_customer_who_was_made_in_exact_just_now_is_read(self):
        with self.administration._get_client() as client:
            made = client.post("crm/Accounts", {"Name": "Nieuw BV", "Status": "C"})
        guid = self._bill(customer=self.acme.new({"guid": made["ID"]}))
        link = self._chosen(guid)
        self.assertEqual(link.sudo().customer_id.name, "Nieuw BV")

    def test_another_currency_is_priced_by_the_invoice_itself(self):
        self._make_hours(3)
        guid = self._bill((3, 90, "Website"), Currency="USD")
        link = self._compared(guid)
        self.assertEqual((link.currency_id.name, link.rate_mode), ("USD", "line_rate"))
        self.assertIn("exactly the hours of the invoice", link.proposal)
        invoice = self._saved(link)
        self.assertEqual(invoice.currency_id.name, "USD")
        self.assertEqual(invoice.hour_ids.mapped("amount"), [270])

    def test_another_line_for_a_group_shows_at_once_what_it_does(self):
        self._make_hours(3)
        link = self._compared(self._bill((3, 100, "Website"), (1, 250, "Hosting")))
        form = Form(link)
        self.assertEqual(form.difference_size, 0)
        with form.group_ids.edit(0) as group:
            group.line_id = link.line_ids[1]
        self.assertEqual(form.difference_size, 50)
        self.assertIn("50.00", form.difference_message)
        form.confirm_difference = True
        form.save()
        self.assertEqual(link.line_ids[1].difference, -50)
        self.assertEqual(self._saved(link).line_ids[1].hours, 3)

    def test_with_several_administrations_one_is_chosen_first(self):
        self._make_hours(3)
        mine = self.administration
        other = self._make_linked(1)
        Link = self.env["keeping.exact.invoice.link"].with_user(self.invoicer)
        link = Link.browse(Link.with_company(self.company).action_open()["res_id"])
        self.assertFalse(link.administration_id)
        with self.assertRaisesRegex(UserError, "Choose the administration first"):
            link.action_search()
        guid = self._bill()
        link.administration_id = other
        link.action_search()
        self.assertNotIn(guid, link.row_ids.mapped("guid"))
        link.administration_id = mine
        link.action_search()
        self.assertIn(guid, link.row_ids.mapped("guid"))
        self.assertEqual(self._linked(guid).administration_id, mine)
