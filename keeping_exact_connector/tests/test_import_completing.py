from odoo.exceptions import UserError
from odoo.tests import tagged

from .move_case import MoveCase, change
from .test_import import ELSEWHERE


@tagged("post_install", "-at_install")
class TestImportCompleting(MoveCase):
    """A link that was imported without all its hours is completed when they are there."""

    def setUp(self):
        super().setUp()
        self.timesheets = self._bill(1, 2, 3).hour_ids.sorted("hours").timesheet_id
        self.content = change(self._export(), ELSEWHERE)
        self._forget()
        self.timesheets[1].unit_amount = 7
        wizard = self._imported(self.content, also_parts=True)
        self.assertEqual((wizard.part_count, wizard.imported_count), (1, 1))
        self.assertEqual(self._live(), self.timesheets[0] + self.timesheets[2])

    def _live(self):
        self.env.invalidate_all()
        return self._links().hour_ids.filtered("live").timesheet_id.sorted("unit_amount")

    def _found(self):
        self.timesheets[1].unit_amount = 2

    def test_it_is_shown_first_and_then_done(self):
        self._found()
        wizard = self._previewed(self.content)
        counts = (wizard.new_count, wizard.part_count, wizard.rest_count, wizard.here_count)
        self.assertEqual(counts, (0, 0, 1, 0))
        self.assertEqual(wizard.row_ids.outcome, "rest")
        self.assertIn("1", wizard.row_ids.explanation)
        self.assertEqual(len(self._live()), 2)
        amounts = (self._links().amount_untaxed, len(self._links().hour_ids))
        wizard.action_import()
        self.env.flush_all()
        self.assertEqual(self._live(), self.timesheets)
        self.assertEqual((self._links().amount_untaxed, len(self._links().hour_ids)), amounts)
        self.assertFalse(any(self._links().hour_ids.mapped("released_at")))
        with self.assertRaises(UserError):
            self.timesheets[1].unit_amount = 3
        self.assertIn("added 1 entries", self._links().message_ids[0].body)
        self.assertEqual(self._previewed(self.content).here_count, 1)

    def test_as_long_as_it_is_not_found_nothing_is_to_add(self):
        wizard = self._previewed(self.content)
        self.assertEqual((wizard.rest_count, wizard.here_count), (0, 1))

    def test_an_hour_that_is_billed_elsewhere_meanwhile_is_not_billed_twice(self):
        self._found()
        other = self._preview(timesheet_ids=[(6, 0, self.timesheets[1].ids)])
        self.assertEqual(self._previewed(self.content).here_count, 1)
        other.with_user(self.invoicer).action_release()
        self.assertEqual(self._previewed(self.content).rest_count, 1)

    def test_billed_between_look_and_import_it_is_shown_anew(self):
        self._found()
        wizard = self._previewed(self.content)
        link = self._links()
        self._preview(timesheet_ids=[(6, 0, self.timesheets[1].ids)])
        wizard.action_import()
        self.assertIn("changed since", wizard.notice)
        self.assertEqual(len(link.hour_ids.filtered("live")), 2)

    def test_a_link_that_was_released_here_stays_released(self):
        self._found()
        self._links().with_user(self.invoicer).action_release()
        self.assertEqual(self._previewed(self.content).here_count, 1)

    def test_hours_that_are_alike_each_keep_their_own(self):
        twins = self._bill(2, name=self.timesheets[1].name).hour_ids.timesheet_id
        self._found()
        # Not as many are in the file as there are here: nobody can tell which is which.
        self.assertTrue(twins)
        wizard = self._previewed(self.content)
        self.assertLessEqual(wizard.rest_count, 1)
        wizard.action_import()
        self.env.flush_all()
        billed = self.env["keeping.exact.hour"].search(
            [("live", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(billed.timesheet_id), len(billed))

    def test_an_hour_that_was_billed_twice_on_purpose_is_found_on_both_its_links(self):
        [timesheet] = self._bill(5).hour_ids.timesheet_id
        first = change(self._export(), ELSEWHERE)
        again = {"invoiced_policy": "include", "confirm_repeated": True}
        second = self._preview(timesheet_ids=[(6, 0, timesheet.ids)], **again).sudo()
        second.customer_id = self.in_exact
        self._bring(second, "processed", guid=f"guid of {second.name}", number="124")
        both = change(self._export(), ELSEWHERE)
        self._forget()
        timesheet.unit_amount = 8
        self._imported(first, also_parts=True)
        timesheet.unit_amount = 5
        wizard = self._previewed(both)
        self.assertEqual((wizard.new_count, wizard.rest_count), (1, 1))
        wizard.action_import()
        self.env.flush_all()
        self.env.invalidate_all()
        billed = timesheet.keeping_exact_hour_ids
        self.assertEqual(len(billed.invoice_id), 2)
        self.assertEqual(billed.mapped("live"), [True, True])
        self.assertEqual(sorted(billed.mapped("repeat_no")), [0, 1])
