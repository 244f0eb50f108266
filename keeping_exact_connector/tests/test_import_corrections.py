from odoo.tests import tagged

from .move_case import MoveCase, change, rows_of
from .test_corrections import CorrectionCase
from .test_import import ELSEWHERE


class MovedCorrectionsCase(CorrectionCase, MoveCase):
    def _bill_settling(self, state="processed"):
        """Put what is to be settled on an invoice that is in Exact."""
        self._opened().action_make_draft()
        invoice = self._links()[:1].sudo()
        invoice.customer_id = self.in_exact
        return self._bring(
            invoice, state, guid=f"guid of {invoice.name}", number="124", meant_known=True
        )

    def _move(self, content=None, **vals):
        """Have the links go, and come back as in another database."""
        content = content or change(self._export(), ELSEWHERE)
        self._forget()
        return self._imported(content, **vals)

    def _corrections(self):
        return self.env["keeping.exact.correction"].search([("company_id", "=", self.company.id)])

    def _waive(self, reason):
        action = self._opened().action_waive()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.reason = reason
        wizard.action_confirm()

    def _due(self):
        return [(row.hours, row.billed_hours, row.amount, row.reason) for row in self._opened()]


@tagged("post_install", "-at_install")
class TestImportCorrections(MovedCorrectionsCase):
    """Hours that were corrected after they were billed are found, and so is what is to settle."""

    def test_a_corrected_hour_is_found_and_not_billed_twice(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self.assertEqual(float(rows_of(self._export(), "hours")[0]["timesheet_hours"]), 1.5)
        for manifest in ({}, ELSEWHERE):
            with self.subTest(manifest=manifest):
                wizard = self._move(change(self._export(), manifest))
                self.assertEqual((wizard.new_count, wizard.correction_count), (1, 1))
                self.assertEqual(timesheet.with_user(self.invoicer).keeping_exact_state, "invoiced")
                hour = self._links().hour_ids
                self.assertEqual((hour.hours, hour.amount, hour.live), (2, 200, True))
                self.assertEqual(hour.timesheet_id, timesheet)

    def test_it_is_found_where_it_moved_before_it_was_corrected(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        content = change(self._export(), ELSEWHERE)
        self._forget()
        timesheet.unit_amount = 2
        self._imported(content)
        self.assertEqual(self._links().hour_ids.timesheet_id, timesheet)
        self.assertEqual(self._opened().amount, -50)

    def test_an_external_identifier_finds_it_too(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._make_hours(1.5, name=timesheet.name)
        known = {"module": "__export__", "name": "hours_1", "model": timesheet._name}
        self.env["ir.model.data"].create({**known, "res_id": timesheet.id})
        self._move()
        self.assertEqual(self._links().hour_ids.timesheet_id, timesheet)

    def test_hours_that_are_alike_but_for_the_correction_are_told_apart(self):
        timesheets = self._bill(2).hour_ids.timesheet_id
        timesheets += self._bill(1.5, name=timesheets.name).hour_ids.timesheet_id
        self._correct(timesheets[0], 1.5)
        self._correct(timesheets[1], 2)
        self._move()
        billed = {hour.timesheet_id: hour.hours for hour in self._links().hour_ids}
        self.assertEqual(billed, {timesheets[0]: 2, timesheets[1]: 1.5})

    def test_what_is_to_settle_is_on_the_next_invoice_as_before(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1)
        self._correct(timesheet, 1.5, reason="One was right")
        before = self._due()
        self.assertEqual(before, [(-0.5, -0.5, -50, "One was right")])
        self._move()
        self.assertEqual(self._due(), before)
        self._make_hours(4)
        following = self._preview(rate=80)
        self.assertEqual(following.amount_untaxed, 4 * 80 - 50)
        self.assertFalse(self._opened())

    def test_who_corrected_when_and_why_comes_along(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self.env.cr.execute("UPDATE keeping_exact_correction SET create_date = '2026-10-20 08:00'")
        self.env.invalidate_all()
        self._move()
        correction = self._corrections()
        self.assertEqual(correction.create_uid, self.invoicer)
        self.assertEqual(str(correction.create_date), "2026-10-20 08:00:00")
        self.assertEqual(correction.reason, "Two meetings were one")
        self.assertEqual((correction.hours_before, correction.hours_after), (2, 1.5))
        self.assertEqual(self._opened().corrected_by_id, self.invoicer)

    def test_somebody_unknown_here_is_named_in_the_history_and_is_nobody_else(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        content = change(
            self._export(),
            ELSEWHERE,
            corrections=lambda rows: [{**row, "person": "Greta <b>Elders</b>"} for row in rows],
        )
        self._move(content)
        self.assertFalse(self._corrections().create_uid)
        text = " ".join(self._links().message_ids.mapped("body"))
        for part in ("Greta &lt;b&gt;Elders", "2:00", "1:30", "Two meetings were one"):
            self.assertIn(part, text)

    def test_what_is_not_settled_stays_so(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._waive("Agreed by phone")
        wizard = self._move()
        self.assertEqual(wizard.correction_count, 2)
        self.assertFalse(self._opened())
        self.assertEqual(self._corrections().mapped("kind"), ["waived", "corrected"])
        self._correct(timesheet, 1)
        self.assertEqual(self._opened().amount, -50)

    def test_what_is_billed_already_is_not_billed_again(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._bill_settling("open")
        wizard = self._move()
        self.assertEqual((wizard.new_count, wizard.unmatched_count), (2, 0))
        self.assertFalse(self._opened())
        settling = self._links().hour_ids.filtered("corrected_id")
        billed = self._links().hour_ids - settling
        self.assertEqual(settling.corrected_id, billed)
        self.assertEqual((settling.live, settling.amount), (True, -50))
        self.assertFalse(settling.timesheet_id)
        settling.invoice_id.with_user(self.invoicer).action_release()
        self.assertEqual(self._opened().amount, -50)

    def test_what_settles_several_is_no_repeated_bill(self):
        timesheets = self._bill(2, 3).hour_ids.timesheet_id
        for timesheet in timesheets:
            self._correct(timesheet, 1)
        self._bill_settling()
        self._move()
        self.assertFalse(self._opened())
        self.assertEqual(set(self._links().hour_ids.mapped("repeat_no")), {0})

    def test_a_draft_that_settles_stays_behind_and_the_difference_comes_back(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._opened().action_make_draft()
        self._move()
        self.assertEqual(self._opened().amount, -50)

    def test_what_settles_waits_with_the_hour_that_it_corrects(self):
        first = self._bill(2)
        timesheet = first.hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        settling = self._bill_settling()
        names = [first.name, settling.name]
        content = change(self._export(), ELSEWHERE)
        self._forget()
        timesheet.unit_amount = 7
        wizard = self._previewed(content)
        self.assertEqual((wizard.new_count, wizard.part_count), (0, 2))
        self.assertEqual(wizard.hour_ids.mapped("reason"), ["missing", "corrected"])
        wizard.action_import()
        self.assertFalse(self._links())
        # Nobody owes anything for hours that are not here; nor is anything given back.
        self._imported(content, also_parts=True)
        self.assertEqual(set(self._links().mapped("name")), set(names))
        self.assertFalse(self._opened())
        self.assertFalse(any(self._links().hour_ids.mapped("live")))
        # As soon as the hour is there, the same file completes both.
        timesheet.unit_amount = 1.5
        wizard = self._imported(content)
        self.assertEqual((wizard.rest_count, wizard.here_count), (2, 0))
        self.assertTrue(all(self._links().hour_ids.mapped("live")))
        self.assertFalse(self._opened())
        self.assertEqual(len(self._links().hour_ids), 2)
        self.assertEqual(self._previewed(content).here_count, 2)

    def test_what_settles_an_hour_that_is_left_out_is_held_back_until_that_comes(self):
        first = self._bill(2, state="open")
        timesheet = first.hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._bill_settling()
        deletion = self.env["keeping.exact.deletion"].sudo().create({"invoice_id": first.id})
        early = change(self._export(), ELSEWHERE)
        deletion.state = "cancelled"
        late = change(self._export(), ELSEWHERE)
        self._forget()
        wizard = self._imported(early, also_parts=True)
        self.assertEqual((wizard.part_count, wizard.hour_ids.reason), (1, "corrected"))
        self.assertFalse(self._opened())
        wizard = self._imported(late)
        self.assertEqual((wizard.new_count, wizard.rest_count), (1, 1))
        self.assertFalse(self._opened())
        self.assertEqual(timesheet.with_user(self.invoicer).keeping_exact_state, "invoiced")

    def test_what_settles_comes_after_the_link_that_it_corrects(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        early = change(self._export(), ELSEWHERE)
        self._bill_settling()
        late = change(self._export(), ELSEWHERE)
        self._forget()
        self._imported(early)
        self.assertEqual(self._opened().amount, -50)
        wizard = self._imported(late)
        self.assertEqual((wizard.new_count, wizard.here_count), (1, 1))
        self.assertFalse(self._opened())

    def test_importing_twice_changes_nothing(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._correct(timesheet, 1.5)
        self._bill_settling()
        self._correct(timesheet, 1)
        content = change(self._export(), ELSEWHERE)
        self._move(content)
        before = (self._due(), self._corrections().ids, self._links().hour_ids.ids)
        self.assertEqual(before[0], [(-0.5, -0.5, -50, "Two meetings were one")])
        self._imported(content)
        self.assertEqual((self._due(), self._corrections().ids, self._links().hour_ids.ids), before)

    def test_a_correction_makes_the_last_file_an_old_one(self):
        timesheet = self._bill(2).hour_ids.timesheet_id
        self._export()
        Export = self.env["keeping.exact.export"].sudo()
        self.assertTrue(Export._is_kept(self.company))
        self._correct(timesheet, 1.5)
        self.assertFalse(Export._is_kept(self.company))
        self._export()
        self._waive("Agreed by phone")
        self.assertFalse(Export._is_kept(self.company))
