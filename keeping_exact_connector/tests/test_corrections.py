from uuid import UUID

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ExactCase
from .sandbox_case import SendingCase

RATE = 100
LINES = "salesinvoice/SalesInvoiceLines"


class CorrectionCase(ExactCase):
    """Corrects billed hours as the form does."""

    def _open(self, timesheet, user=None):
        action = timesheet.with_user(user or self.invoicer).action_keeping_exact_correct()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(user or self.invoicer)

    def _correct(self, timesheet, hours, reason="Two meetings were one", user=None):
        wizard = self._open(timesheet, user)
        wizard.write({"unit_amount": hours, "reason": reason})
        wizard.action_confirm()

    def _opened(self):
        self.env.invalidate_all()
        mine = [("company_id", "=", self.company.id)]
        return self.env["keeping.exact.correction.open"].with_user(self.invoicer).search(mine)

    def _billed(self, *hours, **vals):
        """Return hours and the invoice they are on, in Exact as far as this database knows."""
        timesheets = self._make_hours(*hours)
        invoice = self._preview(rate=RATE, **vals)
        self._bring(invoice, "processed", guid="7d1f0b6e-6f0e-4a52-9bd4-2f6f1d1a0001")
        return timesheets, invoice


@tagged("post_install", "-at_install")
class TestCorrections(CorrectionCase):
    """A billed hour that was wrong is corrected, and the difference waits to be settled."""

    def test_a_correction_changes_the_timesheet_and_not_what_was_billed(self):
        timesheets, invoice = self._billed(2, 3)
        self._correct(timesheets[0], 1.5)
        self.assertEqual(timesheets[0].unit_amount, 1.5)
        hour = timesheets[0].keeping_exact_hour_ids
        self.assertEqual((hour.hours, hour.amount, hour.live), (2, 200, True))
        self.assertEqual(invoice.amount_untaxed, 500)
        opened = self._opened()
        self.assertEqual((opened.hours, opened.billed_hours, opened.amount), (-0.5, -0.5, -50))
        self.assertEqual((opened.reason, opened.invoice_id), ("Two meetings were one", invoice))

    def test_the_history_says_who_and_why(self):
        timesheets, invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        message = invoice.message_ids[0]
        self.assertEqual(message.author_id, self.invoicer.partner_id)
        for part in ("2:00", "1:30", "Two meetings were one"):
            self.assertIn(part, message.body)

    def test_everything_else_of_a_billed_hour_stays_frozen(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        for vals in ({"unit_amount": 1}, {"name": "Other"}, {"date": "2026-10-13"}):
            with self.subTest(vals), self.assertRaises(UserError):
                timesheets.with_user(self.invoicer).write(vals)
        with self.assertRaises(UserError):
            timesheets.unlink()

    def test_the_next_invoice_of_the_customer_bears_the_difference(self):
        timesheets, invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        self._make_hours(4)
        wizard = self._wizard(rate=80)
        self.assertEqual((wizard.correction_count, wizard.correction_amount), (1, -50))
        following = self._preview(rate=80)
        self.assertEqual(following.amount_untaxed, 4 * 80 - 50)
        line = following.line_ids.sorted("sequence")[-1]
        self.assertEqual((line.quantity, line.unit_price, line.amount), (-0.5, RATE, -50))
        self.assertIn(invoice.name, line.name)
        self.assertEqual(line.hour_ids.corrected_id, timesheets.keeping_exact_hour_ids)
        self.assertFalse(self._opened(), "it is settled")
        self.assertEqual(timesheets.keeping_exact_state, "invoiced")

    def test_it_is_left_off_when_a_person_says_so(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 3)
        self._make_hours(4)
        following = self._preview(rate=80, include_corrections=False)
        self.assertEqual(following.amount_untaxed, 320)
        self.assertEqual(following.with_user(self.invoicer).correction_count, 1)
        following.with_user(self.invoicer).action_add_corrections()
        self.assertEqual(following.amount_untaxed, 420)
        with self.assertRaisesRegex(UserError, "no corrections"):
            following.with_user(self.invoicer).action_add_corrections()

    def test_a_draft_that_is_given_up_brings_the_difference_back(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1)
        self._opened().action_make_draft()
        draft = self.env["keeping.exact.invoice"].search([], limit=1)
        self.assertEqual((draft.state, draft.amount_untaxed), ("draft", -100))
        self.assertFalse(self._opened())
        draft.with_user(self.invoicer).action_release()
        self.assertEqual(self._opened().amount, -100)

    def test_a_line_that_is_dropped_brings_the_difference_back(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1)
        self._make_hours(4)
        following = self._preview(rate=80)
        following.line_ids.sorted("sequence")[-1].with_user(self.invoicer).unlink()
        self.assertEqual(self._opened().amount, -100)

    def test_a_second_correction_counts_from_what_is_settled(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1)
        self._opened().action_make_draft()
        self._correct(timesheets, 1.5)
        self.assertEqual((self._opened().billed_hours, self._opened().amount), (0.5, 50))
        self._correct(timesheets, 1)
        self.assertFalse(self._opened())

    def test_an_hour_that_is_not_billed_any_more_gives_back_what_was_settled(self):
        timesheets, invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        self._opened().action_make_draft()
        invoice.with_user(self.invoicer).action_release()
        self.assertEqual(timesheets.keeping_exact_state, "to_invoice")
        self.assertEqual(self._opened().amount, 50, "what was taken off is owed again")
        following = self._preview(rate=RATE)
        self.assertEqual(following.amount_untaxed, 1.5 * RATE + 50)

    def test_what_was_not_settled_yet_ends_with_the_link(self):
        timesheets, invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        invoice.with_user(self.invoicer).action_release()
        self.assertFalse(self._opened())

    def test_a_difference_can_be_left_alone_with_a_reason(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        action = self._opened().action_waive()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        with self.assertRaisesRegex(UserError, "why"):
            wizard.action_confirm()
        wizard.reason = "Agreed by phone"
        wizard.action_confirm()
        self.assertFalse(self._opened())
        history = self.env["keeping.exact.correction"].search([], limit=1)
        self.assertEqual((history.kind, history.reason), ("waived", "Agreed by phone"))
        with self.assertRaisesRegex(UserError, "settled by now"):
            wizard.action_confirm()
        self._correct(timesheets, 1)
        self.assertEqual(self._opened().amount, -50)

    def test_it_is_rounded_as_the_invoice_was(self):
        timesheets, _invoice = self._billed(1.1, rounding="30", rounding_method="up")
        self.assertEqual(timesheets.keeping_exact_hour_ids.billed_hours, 1.5)
        self._correct(timesheets, 1.2)
        self.assertFalse(self._opened(), "it would have been billed for the same")
        self._correct(timesheets, 0.9)
        self.assertEqual(self._opened().billed_hours, -0.5)

    def test_it_is_priced_at_the_rate_and_not_at_what_a_few_minutes_came_to(self):
        timesheets = self._make_hours(0.0833)
        invoice = self._preview(rate=95)
        self._bring(invoice, "processed", guid="7d1f0b6e-6f0e-4a52-9bd4-2f6f1d1a0001")
        self._correct(timesheets, 8)
        self.assertEqual(self._opened().amount, 760 - invoice.amount_untaxed)

    def test_hours_that_an_advance_covers_have_nothing_to_settle(self):
        timesheets, invoice = self._billed(1)
        covered = self._make_hours(3)
        self.env["keeping.exact.hour"].sudo()._cover(invoice, covered.ids)
        self._correct(covered, 2)
        self.assertEqual(covered.unit_amount, 2)
        self.assertFalse(self._opened())
        self.assertTrue(timesheets)

    def test_a_draft_follows_at_once(self):
        timesheets = self._make_hours(2, 3)
        draft = self._preview(rate=RATE)
        self.assertTrue(self._open(timesheets[0]).in_draft)
        self._correct(timesheets[0], 1.5)
        self.assertEqual((draft.hours, draft.amount_untaxed), (4.5, 450))
        self.assertEqual(sum(draft.hour_ids.mapped("amount")), 450)
        self.assertFalse(self._opened())

    def test_hours_that_were_corrected_to_nothing_have_their_price_again(self):
        timesheets = self._make_hours(2, 3)
        draft = self._preview(rate=RATE)
        draft.line_ids.amount = 750
        for hours in (0, 2):
            self._correct(timesheets[0], hours)
        self.assertEqual((draft.hours, draft.amount_untaxed), (5, 750))

    def test_a_draft_that_rounds_its_lines_rounds_them_again(self):
        timesheets = self._make_hours(1.1, 1.1)
        draft = self._preview(rate=RATE, rounding="60", rounding_method="up", rounding_level="line")
        self.assertEqual(draft.amount_untaxed, 300)
        self._correct(timesheets[0], 0.5)
        self.assertEqual((draft.line_ids.quantity, draft.amount_untaxed), (2, 200))
        self.assertEqual(sum(draft.hour_ids.mapped("amount")), 200)

    def test_what_is_being_sent_is_corrected_later(self):
        timesheets = self._make_hours(2)
        invoice = self._preview(rate=RATE)
        self._bring(invoice, "sending")
        with self.assertRaisesRegex(UserError, "being sent"):
            self._open(timesheets)

    def test_bad_input_is_refused_and_changes_nothing(self):
        timesheets, _invoice = self._billed(2, 1)
        for hours, reason, text in (
            (1, "", "why"),
            (1, "   ", "why"),
            (-1, "x", "less than zero"),
            (2, "x", "has now"),
        ):
            with self.subTest(hours=hours, reason=reason), self.assertRaisesRegex(UserError, text):
                self._correct(timesheets[0], hours, reason)
        with self.assertRaisesRegex(UserError, "one by one"):
            timesheets.with_user(self.invoicer).action_keeping_exact_correct()
        free = self._make_hours(1)
        with self.assertRaisesRegex(UserError, "on no invoice"):
            self._open(free)
        self.assertEqual(timesheets[0].unit_amount, 2)

    def test_two_people_correcting_the_same_hour_do_not_overwrite_each_other(self):
        timesheets, _invoice = self._billed(2)
        mine = self._open(timesheets)
        self._correct(timesheets, 1.5)
        mine.write({"unit_amount": 1, "reason": "Break"})
        with self.assertRaisesRegex(UserError, "meanwhile"):
            mine.action_confirm()
        self.assertEqual(timesheets.unit_amount, 1.5)

    def test_only_those_who_invoice_may_correct(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        opened = self._opened()
        for user in (self.viewer, self.administrator):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._open(timesheets, user)
                with self.assertRaises(AccessError):
                    opened.with_user(user).action_make_draft()
                with self.assertRaises(AccessError):
                    opened.with_user(user).action_waive()
                with self.assertRaises(AccessError):
                    self.env["keeping.exact.correction"].with_user(user).search([])
        for vals in ({"reason": "x"}, {"under_way": True}):
            with self.assertRaises(AccessError):
                self.env["keeping.exact.correction"].with_user(self.invoicer).search([]).write(vals)

    def test_the_form_shows_no_hours_of_another_organisation(self):
        timesheets, _invoice = self._billed(2)
        stranger = self._make_user("stranger-form", "invoicing", self.other_company)
        Wizard = self.env["keeping.exact.correct"].with_user(stranger)
        Wizard = Wizard.with_context(allowed_company_ids=self.other_company.ids)
        with self.assertRaises(AccessError), self.cr.savepoint():
            Wizard.create({"timesheet_id": timesheets.id})
        mine = self._open(timesheets)
        project = self._make_project("Own", self.customer, self.other_company)
        own = self._make_hours(1, project=project, user=stranger)
        theirs = Wizard.create({"timesheet_id": own.id})
        with self.assertRaises(AccessError):
            theirs.write({"timesheet_id": timesheets.id})
        self.assertEqual(mine.timesheet_id, timesheets)

    def test_a_correction_of_another_organisation_is_not_seen(self):
        timesheets, _invoice = self._billed(2)
        self._correct(timesheets, 1.5)
        stranger = self._make_user("stranger-corrections", "invoicing", self.other_company)
        for model in ("keeping.exact.correction", "keeping.exact.correction.open"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self._opened().with_user(stranger).action_make_draft()


@tagged("post_install", "-at_install")
class TestCorrectionsInExact(SendingCase, CorrectionCase):
    """What a correction comes to in the books."""

    profile = "strict"

    def test_exact_gets_the_difference_as_a_line_of_minus_half_an_hour(self):
        timesheets = self._make_hours(2)
        invoice = self._queued()
        self._send()
        self.assertEqual(invoice.state, "open")
        self._correct(timesheets, 1.5)
        self._make_hours(1)
        following = self._preview()
        following.with_user(self.invoicer).action_send()
        self._send()
        self.assertEqual(following.state, "open", following.error_message)
        guid = self._in_exact(following)[0]["InvoiceID"]
        lines = self._rows(LINES)
        quantities = [line["Quantity"] for line in lines if line["InvoiceID"] == guid]
        self.assertEqual(sorted(quantities), [-0.5, 1])

    def _billed_in_exact(self, *hours):
        timesheets = self._make_hours(*hours)
        invoice = self._preview(rate=RATE)
        invoice.action_send()
        self._send()
        self.assertEqual(invoice.state, "open")
        return timesheets, invoice

    def _lines_of(self, invoice):
        guid = self._in_exact(invoice)[0]["InvoiceID"]
        return [line for line in self._rows(LINES) if line["InvoiceID"] == guid]

    def _correct_on_line(self, timesheet, hours):
        wizard = self._open(timesheet)
        self.assertTrue(wizard.may_change_line)
        wizard.write({"unit_amount": hours, "reason": "Break", "way": "line"})
        wizard.action_confirm()

    def test_the_line_of_an_open_invoice_follows_in_exact(self):
        timesheets, invoice = self._billed_in_exact(2, 3)
        hour = timesheets[0].keeping_exact_hour_ids
        self._correct_on_line(timesheets[0], 1.5)
        self.assertFalse(self._opened(), "it is being settled")
        self.assertEqual(hour.hours, 2, "nothing is certain yet")
        self._send()
        line = hour.invoice_line_id
        sent = next(row for row in self._lines_of(invoice) if row["ID"] == line.guid)
        self.assertEqual((sent["Quantity"], sent["UnitPrice"]), (line.quantity, 100))
        self.assertEqual((hour.hours, hour.billed_hours, hour.amount), (1.5, 1.5, 150))
        self.assertEqual(sum(line.hour_ids.mapped("amount")), line.amount)
        self.assertEqual(sum(line.hour_ids.mapped("hours")), line.hours)
        self.assertFalse(self._opened())
        self.assertNotIn("different", invoice.mapped("difference_state"))

    def test_a_line_that_was_changed_in_exact_is_not_overwritten(self):
        timesheets, invoice = self._billed_in_exact(2)
        row = self._lines_of(invoice)[0]
        with self.administration._get_client() as client:
            client.put(LINES, UUID(row["ID"]), {"UnitPrice": 90})
        with self.assertRaisesRegex(UserError, "not as it was sent"), self.cr.savepoint():
            self._correct_on_line(timesheets, 1.5)
        self.assertEqual(timesheets.unit_amount, 2)
        self._correct(timesheets, 1.5)
        self.assertEqual(self._opened().amount, -50)

    def test_a_line_that_was_taken_over_with_another_price_keeps_it(self):
        timesheets, invoice = self._billed_in_exact(2)
        row = self._lines_of(invoice)[0]
        with self.administration._get_client() as client:
            client.put(LINES, UUID(row["ID"]), {"UnitPrice": 90})
        action = invoice.action_compare_lines()
        adjust = self.env[action["res_model"]].browse(action["res_id"])
        adjust.with_user(self.invoicer).action_take_over()
        with self.assertRaisesRegex(UserError, "another amount than its hours"):
            self._correct_on_line(timesheets, 1.5)
        self.assertEqual(timesheets.unit_amount, 2)
        self.assertFalse(invoice.line_change_ids)

    def test_processed_before_the_line_was_changed_it_waits_for_the_next_invoice(self):
        timesheets, invoice = self._billed_in_exact(2)
        self._correct_on_line(timesheets, 1.5)
        guid = self._in_exact(invoice)[0]["InvoiceID"]
        with self.administration._get_client() as client:
            client.post("salesinvoice/PrintedSalesInvoices", {"InvoiceID": guid})
        self._send()
        step = invoice.sudo().line_change_ids
        self.assertEqual(step.state, "failed")
        self.assertEqual(self._lines_of(invoice)[0]["Quantity"], 2)
        self.assertEqual(self._opened().amount, -50)
        self._opened().action_make_draft()
        with self.assertRaisesRegex(UserError, "settled by now"):
            invoice.with_user(self.invoicer).action_retry_line_changes()
