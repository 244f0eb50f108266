from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.ir_module_module import CONFIRMED
from .move_case import MoveCase


@tagged("post_install", "-at_install")
class TestUninstalling(MoveCase):
    """Nobody forgets by accident which hours are billed."""

    def setUp(self):
        super().setUp()
        self.module = self.env.ref("base.module_keeping_exact_connector")
        self.invoice = self._bill(1, 2)

    def _dialog(self):
        return self.env["base.module.uninstall"].create({"module_ids": [(6, 0, self.module.ids)]})

    def _confirmed(self):
        self.module.with_context(**{CONFIRMED: True}).button_uninstall()

    def test_without_an_export_it_is_refused_and_says_where(self):
        for modules in (self.module, self.env.ref("base.module_hr_timesheet")):
            with self.assertRaisesRegex(UserError, "Move or keep links"):
                modules.with_context(**{CONFIRMED: True}).button_uninstall()
        self.assertIn(self.company.name, self._dialog().keeping_exact_obstacle)

    def test_asking_for_a_file_is_not_having_it(self):
        Export = self.env["keeping.exact.export"].with_user(self.mover).with_company(self.company)
        Export._ask_file(self.company)
        with self.assertRaises(UserError):
            self._confirmed()

    def test_with_an_export_it_asks_to_confirm(self):
        self._export()
        self.assertFalse(self._dialog().keeping_exact_obstacle)
        self.assertTrue(self._dialog().keeping_exact_at_stake)
        with self.assertRaisesRegex(UserError, "Confirm"):
            self.module.button_uninstall()
        self._confirmed()
        self.assertEqual(self.module.state, "to remove")

    def test_any_change_since_the_export_asks_for_another_one(self):
        changes = {
            "link": lambda: self.invoice.write({"number": "999"}),
            "line": lambda: self.invoice.line_ids[0].write({"notes": "x"}),
            "hour": lambda: self.invoice.hour_ids[0]._end(),
            "state": lambda: self.invoice._move("paid", "claimed"),
            "new link": lambda: self._bill(4),
        }
        for name, change in changes.items():
            self._export()
            self.assertFalse(self._dialog().keeping_exact_obstacle)
            change()
            with self.subTest(change=name), self.assertRaisesRegex(UserError, "since they changed"):
                self._confirmed()

    def test_drafts_and_what_is_on_its_way_are_settled_first(self):
        draft = self._preview(timesheet_ids=[(6, 0, self._make_hours(5).ids)])
        self._export()
        with self.assertRaisesRegex(UserError, "cannot be exported"):
            self._confirmed()
        draft.action_release()
        self._export()
        self._confirmed()

    def test_every_organisation_counts(self):
        self._export()
        theirs = self._make_administration(self.other_company, 100779)
        self.env["keeping.exact.invoice"].sudo().create(
            {
                "administration_id": theirs.id,
                "partner_id": self.customer.id,
                "currency_id": self.euro.id,
                "state": "open",
                "guid": "theirs",
            }
        )
        with self.assertRaisesRegex(UserError, self.other_company.name):
            self._confirmed()

    def test_released_links_need_no_file(self):
        self.invoice.action_release()
        self.assertFalse(self._dialog().keeping_exact_at_stake)
        self.module.button_uninstall()
        self.assertEqual(self.module.state, "to remove")

    def test_other_modules_are_none_of_our_business(self):
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        others = installed.filtered(lambda module: not module._ends_keeping_exact())
        self.assertTrue(others)
        for other in others:
            dialog = self.env["base.module.uninstall"].create({"module_ids": [(6, 0, other.ids)]})
            self.assertFalse(dialog.keeping_exact_ends)
            self.assertFalse(dialog.keeping_exact_obstacle)

    def test_the_dialog_uninstalls_nothing_unasked(self):
        dialog = self._dialog()
        with self.assertRaises(UserError):
            dialog.action_uninstall()
        self.assertEqual(self.module.state, "installed")
