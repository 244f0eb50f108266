from odoo.tests import HttpCase, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestGuardOverRpc(ExactCase, HttpCase):
    """The guards of billed hours hold for whoever calls Odoo from outside."""

    def setUp(self):
        super().setUp()
        self.hours = self._make_hours(2, task_id=self.task.id)
        self.invoice = self._preview()
        self.manager = self.env.ref("base.user_admin")
        self.manager.write({"password": "manager", "company_ids": [(4, self.company.id)]})
        self.manager.group_ids |= self.env.ref("hr_timesheet.group_timesheet_manager")
        self.env.flush_all()
        self.authenticate(self.manager.login, "manager")

    def _call(self, model, method, *args):
        params = {
            "model": model,
            "method": method,
            "args": list(args),
            "kwargs": {"context": {"allowed_company_ids": self.company.ids}},
        }
        answer = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
        ).json()
        self.env.invalidate_all()
        return answer

    def _check_refused(self, model, method, *args):
        answer = self._call(model, method, *args)
        self.assertIn("error", answer, (model, method))
        return answer["error"]["data"]["message"]

    def test_a_manager_cannot_edit_import_or_delete_billed_hours(self):
        line = self.hours
        other = self.project.copy()
        for method, args in (
            ("write", (line.ids, {"unit_amount": 9})),
            ("write", (line.ids, {"date": "2026-10-13"})),
            ("write", (line.ids, {"project_id": other.id})),
            ("web_save", (line.ids, {"unit_amount": 9}, {"unit_amount": {}})),
            ("unlink", (line.ids,)),
        ):
            with self.subTest(method=method, args=args):
                message = self._check_refused("account.analytic.line", method, *args)
                self.assertIn(self.invoice.name, message)
        rows = [[str(line.id), "9"]]
        answer = self._call("account.analytic.line", "load", [".id", "unit_amount"], rows)
        self.assertIn(self.invoice.name, str(answer["result"]["messages"]))
        self.assertEqual((line.unit_amount, line.project_id), (2, self.project))

    def test_nothing_that_billed_hours_belong_to_can_be_deleted(self):
        for record, words in (
            (self.task, "timesheet"),
            (self.project, "timesheet"),
            (self.customer, self.invoice.name),
            (self.hours.employee_id, self.invoice.name),
        ):
            with self.subTest(record=record):
                message = self._check_refused(record._name, "unlink", record.ids)
                self.assertIn(words, message)
                self.assertTrue(record.exists())
        self.assertTrue(self.hours.exists())

    def test_what_moves_with_task_and_project_leaves_billed_hours_behind(self):
        free = self._make_hours(4, task_id=self.task.id)
        elsewhere = self._make_project("Elsewhere", self._make_partner("Ander"))
        self.env.flush_all()
        for record, vals in (
            (self.task, {"partner_id": elsewhere.partner_id.id}),
            (self.project, {"partner_id": elsewhere.partner_id.id}),
            (self.task, {"project_id": elsewhere.id}),
        ):
            answer = self._call(record._name, "write", record.ids, vals)
            self.assertNotIn("error", answer, (record, vals))
        billed, moved = self.hours, free
        self.assertEqual((billed.project_id, billed.partner_id), (self.project, self.customer))
        self.assertEqual((moved.project_id, moved.partner_id), (elsewhere, elsewhere.partner_id))
        hour = billed.sudo().keeping_exact_hour_ids
        self.assertEqual((hour.partner_id, hour.project_id), (self.customer, self.project))
