from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestHoursChoice(ExactCase):
    """Which hours an invoice takes, which it leaves out, and what it says of them."""

    def _found(self, **vals):
        wizard = self._wizard(**vals)
        return wizard.found_hours

    def test_tasks_and_employees_choose_hours(self):
        self._make_hours(1, task_id=self.task.id)
        self._make_hours(2)
        self._make_hours(4, user=self.invoicer)
        employee = self._make_hours(8, user=self.invoicer).employee_id
        self.assertEqual(self._found(task_ids=self.task.ids), 1)
        self.assertEqual(self._found(employee_ids=employee.ids), 12)

    def test_a_period_is_one_click(self):
        with Form(self.env["keeping.exact.invoice.create"].with_user(self.invoicer)) as form:
            for period, same in (("this_month", True), ("last_quarter", True), ("all", False)):
                form.period = period
                with self.subTest(period=period):
                    self.assertEqual(bool(form.date_from), same)
            form.period = "last_month"
            first = form.date_from
            form.date_from = first.replace(day=2)
            self.assertFalse(form.period)

    def test_indirect_hours_are_left_out_unless_asked_for(self):
        self._make_hours(1)
        self._make_hours(2, task_id=self.task.id)
        self.project.keeping_exact_hours = "indirect"
        self.assertEqual(self._found(), 0)
        self.task.keeping_exact_hours = "direct"
        self.assertEqual(self._found(), 2)
        wizard = self._wizard()
        self.assertEqual(wizard.left_indirect_count, 1)
        self.assertEqual(self._found(include_indirect=True), 3)

    def test_a_task_may_be_indirect_in_a_direct_project(self):
        self._make_hours(1)
        self._make_hours(2, task_id=self.task.id)
        self.task.keeping_exact_hours = "indirect"
        self.assertEqual(self._found(), 1)

    def test_internal_projects_start_as_indirect(self):
        self.assertEqual(self.company.internal_project_id.keeping_exact_hours, "indirect")
        self.assertEqual(self.project.keeping_exact_hours, "direct")
        company = self.env["res.company"].create({"name": "Bureau Oost"})
        self.assertEqual(company.internal_project_id.keeping_exact_hours, "indirect")

    def test_the_state_of_hours_and_the_wizard_agree(self):
        self._make_hours(1)
        self._make_hours(2, task_id=self.task.id)
        indirect = self._make_project("Own", self.customer)
        indirect.keeping_exact_hours = "indirect"
        self._make_hours(4, project=indirect)
        direct = self.env["project.task"].create(
            {"name": "Yet", "project_id": indirect.id, "keeping_exact_hours": "direct"}
        )
        self._make_hours(8, project=indirect, task_id=direct.id)
        never = self._make_hours(16)
        self._never_bill(never)
        Timesheet = self.env["account.analytic.line"].with_user(self.invoicer)
        mine = [("company_id", "=", self.company.id)]
        for state, expected in (("to_invoice", 11), ("not_billable", 20)):
            with self.subTest(state=state):
                lines = Timesheet.search([*mine, ("keeping_exact_state", "=", state)])
                self.assertEqual(sum(lines.mapped("unit_amount")), expected)
                self.assertEqual(set(lines.mapped("keeping_exact_state")), {state})
        self.assertEqual(self._found(), 11)

    # ------------------------------------------------------------------ never bill

    def _never_bill(self, hours, reason="Goodwill", user=None):
        action = hours.with_user(user or self.invoicer).action_keeping_exact_never_bill()
        wizard = self.env[action["res_model"]].with_user(user or self.invoicer)
        wizard = wizard.browse(action["res_id"])
        wizard.reason = reason
        wizard.action_confirm()

    def test_hours_that_are_never_billed_say_why_and_can_be_billed_after_all(self):
        hours = self._make_hours(1, 2)
        self._never_bill(hours[0])
        self.assertEqual(hours[0].keeping_exact_exclusion_ids.reason, "Goodwill")
        self.assertEqual(self._found(), 2)
        self.assertEqual(self._wizard().left_never_count, 1)
        hours.with_user(self.invoicer).action_keeping_exact_bill_again()
        self.assertEqual(self._found(), 3)

    def test_a_later_reason_replaces_an_earlier_one(self):
        hours = self._make_hours(1)
        self._never_bill(hours)
        self._never_bill(hours, "Own mistake")
        self.assertEqual(hours.keeping_exact_exclusion_ids.mapped("reason"), ["Own mistake"])

    def test_never_billing_needs_a_reason_and_free_hours(self):
        hours = self._make_hours(1)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._never_bill(hours, "  ")
        invoice = self._preview()
        with self.assertRaisesRegex(UserError, invoice.name):
            self._never_bill(hours)

    def test_only_who_invoices_decides_what_is_never_billed(self):
        hours = self._make_hours(1)
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._never_bill(hours, user=user)
        self.assertFalse(hours.keeping_exact_exclusion_ids)

    # ------------------------------------------------------------------ billed already

    def test_hours_billed_elsewhere_are_left_out_or_billed_here_too(self):
        hours = self._make_hours(1)
        self._preview()
        other = self._make_administration(self.company, 100005)
        self.assertEqual(self._found(administration_id=other.id), 0)
        wizard = self._wizard(administration_id=other.id, invoiced_policy="exclude_administration")
        self.assertEqual((wizard.found_hours, wizard.repeated_count), (1, 0))
        wizard.action_preview()
        self.assertEqual(hours.keeping_exact_hour_ids.mapped("repeat_no"), [0, 0])

    def test_hours_are_billed_again_only_on_purpose_and_marked(self):
        hours = self._make_hours(1)
        first = self._preview()
        wizard = self._wizard(invoiced_policy="include")
        self.assertEqual(wizard.repeated_count, 1)
        with self.assertRaisesRegex(UserError, "billed again"):
            wizard.action_preview()
        wizard.confirm_repeated = True
        wizard.action_preview()
        numbers = hours.keeping_exact_hour_ids.sorted("id").mapped("repeat_no")
        self.assertEqual(numbers, [0, 1])
        first.action_release()
        self.assertEqual(self._found(), 0)

    def test_places_are_named_as_far_as_there_is_room(self):
        names = [f"Project {number}" for number in range(5)]
        for name in names:
            self._make_hours(1, 2, project=self._make_project(name, self.customer))
        wizard = self._wizard(rate_mode="rate_card")
        self.assertEqual(wizard.unpriced_places, "Project 0, Project 1, Project 2 …")
        wizard.project_ids = self.env["project.project"].search([("name", "in", names[:3])])
        self.assertEqual(wizard.unpriced_places, "Project 0, Project 1, Project 2")
        drafts = self._preview(invoice_per="project")
        self.assertEqual(len(drafts), 5)
        where = self._wizard().left_billed_where
        self.assertEqual(where.count(","), 2)
        self.assertTrue(where.endswith(" …"))
        named = set(where.removesuffix(" …").split(", "))
        self.assertLess(named, set(drafts.mapped("name")))

    def test_where_hours_are_billed_is_told(self):
        self._make_hours(1)
        invoice = self._preview()
        wizard = self._wizard()
        self.assertEqual(wizard.left_billed_where, invoice.name)
        action = wizard.with_context(keeping_exact_reason="billed").action_show_left_out()
        shown = self.env["account.analytic.line"].search(action["domain"])
        self.assertEqual(shown, invoice.hour_ids.timesheet_id)

    def test_hours_in_projects_one_may_not_see_are_only_counted(self):
        self._make_hours(1)
        secret = self._make_project("Secret", self.customer)
        secret.privacy_visibility = "followers"
        self._make_hours(2, project=secret)
        wizard = self._wizard()
        self.assertEqual((wizard.found_hours, wizard.left_hidden_count), (1, 1))
        wizard.action_preview()
        self.assertFalse(self.env["keeping.exact.hour"].search([("project_id", "=", secret.id)]))

    def test_whoever_looked_earlier_is_told_what_others_took(self):
        self._make_hours(1, 2)
        hours = self.env["account.analytic.line"].search([("project_id", "=", self.project.id)])
        action = hours.with_user(self.invoicer).action_keeping_exact_create_invoice()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.write({"rate": 10, "administration_id": self.administration.id})
        taken = self._wizard(timesheet_ids=hours[0].ids)
        taken.action_preview()
        with self.assertRaisesRegex(UserError, "2 entries in view, and now there are 1.*KE-"):
            wizard.action_preview()

    def test_selected_hours_wait_for_the_choice_of_one_of_several_administrations(self):
        other = self._make_administration(self.company, 100002)
        hours = self._make_hours(1, 2).with_user(self.invoicer)
        action = hours.action_keeping_exact_create_invoice()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        self.assertEqual((wizard.found_count, len(wizard.administration_id)), (2, 0))
        wizard.write({"rate_mode": "invoice_rate", "rate": 100})
        with self.assertRaisesRegex(UserError, "Choose the administration first"):
            wizard.action_preview()
        wizard.administration_id = other
        wizard.action_preview()
        self.assertEqual(hours.keeping_exact_hour_ids.administration_id, other)
