from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestGuard(ExactCase):
    """Promise 2: no path changes or deletes an hour that is on a live link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hours = cls._make_hours(1, 2, task_id=cls.task.id)

    def setUp(self):
        super().setUp()
        self.invoice = self._preview()

    def test_what_was_billed_cannot_be_edited(self):
        other_task = self.task.copy()
        for vals in (
            {"unit_amount": 5},
            {"name": "Other"},
            {"date": "2026-10-13"},
            {"task_id": other_task.id},
            {"project_id": self.project.copy().id},
            {"employee_id": self.invoicer.employee_ids.id},
            {"partner_id": self._make_partner("Ander").id},
        ):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, self.invoice.name):
                self.hours[0].write(dict(vals))

    def test_the_superuser_cannot_either(self):
        with self.assertRaises(UserError):
            self.hours[0].sudo().unit_amount = 5

    def test_writing_the_same_again_is_no_change(self):
        line = self.hours[0]
        line.write({"unit_amount": 1, "name": line.name, "date": "2026-10-12"})
        self.assertEqual(line.unit_amount, 1)

    def test_cost_stays_writable(self):
        self.hours[0].amount = -55
        self.assertEqual(self.hours[0].amount, -55)

    def test_cannot_be_deleted(self):
        with self.assertRaisesRegex(UserError, self.invoice.name):
            self.hours[0].unlink()

    @mute_logger("odoo.sql_db")
    def test_raw_sql_cannot_delete_it(self):
        self.env.flush_all()
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            self.env.cr.execute(
                "DELETE FROM account_analytic_line WHERE id = %s", (self.hours[0].id,)
            )
        self.assertIn("live_has_timesheet", str(caught.exception))

    def test_moving_the_task_leaves_billed_hours_where_they_were(self):
        free = self._make_hours(4, task_id=self.task.id)
        elsewhere = self._make_project("Elsewhere", self._make_partner("Ander"))
        self.task.project_id = elsewhere
        self.env.flush_all()
        self.assertEqual(self.hours.project_id, self.project)
        self.assertEqual(free.project_id, elsewhere)

    def test_changing_the_customer_of_the_project_leaves_billed_hours(self):
        free = self._make_hours(4)
        new = self._make_partner("Ander")
        self.task.partner_id = False
        self.project.partner_id = new
        self.env.flush_all()
        self.assertEqual(self.hours.partner_id, self.customer)
        self.assertEqual(free.partner_id, new)

    def test_writing_the_same_project_does_not_move_them_to_its_new_organisation(self):
        self.project.company_id = False
        self.project.company_id = self.other_company
        with self.assertRaises(UserError):
            self.hours[0].sudo().write({"project_id": self.project.id})
        self.assertEqual(self.hours.company_id, self.company)

    def test_shown_read_only_in_one_query(self):
        many = self.hours | self._make_hours(*[1] * 50)
        self.env.flush_all()
        self.env.invalidate_all()
        lines = many.with_user(self.viewer)
        before = self.env.cr.sql_log_count
        self.assertEqual(lines.filtered("readonly_timesheet"), self.hours.with_user(self.viewer))
        self.assertLess(self.env.cr.sql_log_count - before, 15)

    def test_editing_adds_no_query_per_line(self):
        free = self._make_hours(*[1] * 40)
        counts = []
        for lines in (free[:2], free[2:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lines._check_can_write({"name": "x"})
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_release_frees_them(self):
        self.invoice.action_release()
        self.assertEqual(self.invoice.state, "cancelled")
        self.assertTrue(all(self.invoice.hour_ids.mapped("released_at")))
        self.hours[0].unit_amount = 5
        self.hours[1].unlink()
        self.assertEqual(self._preview().hours, 5)

    def test_customer_and_employee_with_billed_hours_cannot_be_deleted(self):
        employee = self.env["hr.employee"].search([("user_id", "=", self.viewer.id)])
        self.assertTrue(employee)
        for record in (self.customer, employee):
            with (
                self.subTest(record=record),
                self.assertRaisesRegex(UserError, f"{self.invoice.name}.*Archive"),
            ):
                record.unlink()

    def test_employees_with_hours_that_were_released_cannot_be_deleted_either(self):
        employee = self.env["hr.employee"].search([("user_id", "=", self.viewer.id)])
        self.invoice.action_release()
        self.hours.unlink()
        with self.assertRaisesRegex(UserError, f"{self.invoice.name}.*Archive"):
            employee.unlink()

    def test_released_hours_forget_a_task_and_a_project_that_are_deleted(self):
        vals = {"name": "Task", "project_id": self.project.id}
        parent = self.env["project.task"].create(vals)
        task = self.env["project.task"].create({**vals, "parent_id": parent.id})
        kept = self.invoice.hour_ids
        self.invoice.action_release()
        self.hours.task_id = task
        again = self._preview().hour_ids
        again.invoice_id.action_release()
        self.hours.unlink()
        self.assertEqual(again.task_id, task)
        parent.unlink()
        self.assertFalse(task.exists())
        self.env.invalidate_all()
        self.assertFalse(again.task_id)
        self.project.task_ids.unlink()
        self.project.unlink()
        self.env.invalidate_all()
        self.assertFalse((kept | again).project_id)
        self.assertEqual(sum(kept.mapped("hours")), sum(again.mapped("hours")))

    def test_uninstalling_with_live_links_is_refused(self):
        module = self.env.ref("base.module_keeping_exact_connector")
        base = self.env.ref("base.module_hr_timesheet")
        for modules in (module, base):
            with self.assertRaisesRegex(UserError, "hold billed hours"):
                modules.button_uninstall()

    def test_uninstalling_after_release_is_allowed(self):
        self.invoice.action_release()
        module = self.env.ref("base.module_keeping_exact_connector")
        module.button_uninstall()
        self.assertEqual(module.state, "to remove")
