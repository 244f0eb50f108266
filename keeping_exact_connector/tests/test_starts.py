from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestStarts(ExactCase):
    """An invoice begins where the hours are, with the choice made there."""

    def _started(self, records):
        mine = records.with_user(self.invoicer).with_company(self.company)
        action = mine.action_keeping_exact_new_invoice()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])

    def test_project_task_and_customer_carry_their_choice_over(self):
        self._make_hours(1, task_id=self.task.id, date="2024-01-05")
        self._make_hours(2)
        self._make_hours(4, project=self._make_project("App", self.customer))
        self._make_hours(8, project=self._make_project("Shop", self._make_partner("Ander")))
        for records, hours in ((self.project, 3), (self.task, 1), (self.customer, 7)):
            with self.subTest(records=records):
                wizard = self._started(records)
                self.assertEqual(wizard.found_hours, hours)
                self.assertEqual((wizard.date_from, wizard.period), (False, "all"))
                self.assertEqual(wizard.company_id, self.company)

    def test_a_contact_stands_for_the_customer(self):
        self._make_hours(2)
        contact = self.env["res.partner"].create({"name": "Jan", "parent_id": self.customer.id})
        self.assertEqual(self._started(contact).found_hours, 2)

    def test_only_who_invoices_starts_an_invoice(self):
        for user in (self.viewer, self.administrator):
            for records in (self.project, self.task, self.customer):
                with (
                    self.subTest(user=user.login, records=records),
                    self.assertRaises(AccessError),
                ):
                    records.with_user(user).action_keeping_exact_new_invoice()

    def test_drafts_nobody_finished_are_given_up_together(self):
        hours = self._make_hours(1)
        hours += self._make_hours(
            2, project=self._make_project("Shop", self._make_partner("Ander"))
        )
        drafts = self._preview()
        self.assertEqual(len(drafts), 2)
        drafts[0].action_send()
        with self.assertRaisesRegex(UserError, "Only drafts"):
            drafts.action_give_up()
        drafts[1].action_give_up()
        self.assertEqual(drafts.mapped("state"), ["queued", "cancelled"])
