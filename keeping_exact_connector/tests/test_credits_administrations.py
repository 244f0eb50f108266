from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_credits import CreditCase


@tagged("post_install", "-at_install")
class TestCreditsInSeveralAdministrations(CreditCase):
    """The same hours billed in two administrations, on purpose: each has its own credits."""

    profile = "strict"

    def setUp(self):
        super().setUp()
        self.first = self.administration
        self.one = self._processed(2)
        self.timesheet = self.one.sudo().hour_ids.timesheet_id
        self.second = self._make_linked(1)
        self.assertNotEqual(self.second, self.first)
        self.administration = self.second
        self.other = self._bill_again()

    def _bill_again(self):
        other = self._preview(invoiced_policy="exclude_administration")
        other.action_send()
        self._send()
        self._process(other)
        other.invalidate_recordset()
        self.assertEqual((other.state, other.administration_id), ("processed", self.second))
        self.assertEqual(other.sudo().hour_ids.timesheet_id, self.timesheet)
        return other

    def _confirm(self, invoice):
        self.administration = invoice.sudo().administration_id
        self._choose(invoice, self._credit_in_exact(invoice)).action_confirm()
        self.env.invalidate_all()

    def _correct(self, hours):
        action = self.timesheet.with_user(self.invoicer).action_keeping_exact_correct()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.write({"unit_amount": hours, "reason": "Break"})
        wizard.action_confirm()
        self.env.invalidate_all()

    def _due(self, user=None):
        Open = self.env["keeping.exact.correction.open"].with_user(user or self.invoicer)
        rows = Open.search([("project_id.company_id", "=", self.company.id)])
        return {row.administration_id: row.amount for row in rows.sudo()}

    def test_a_credit_frees_the_hours_in_its_own_administration_only(self):
        self._confirm(self.one)
        self.assertEqual((self.one.state, self.other.state), ("credited", "processed"))
        self.assertEqual((self._live(self.one), self._live(self.other)), ([], [2]))
        self.assertEqual(self.timesheet.keeping_exact_state, "invoiced")
        self.administration = self.second
        wizard = self._wizard(invoiced_policy="exclude_administration")
        self.assertEqual(wizard.found_count, 0)
        self.administration = self.first
        again = self._preview(invoiced_policy="exclude_administration")
        self.assertEqual(again.sudo().hour_ids.timesheet_id, self.timesheet)
        self.assertEqual(again.administration_id, self.first)

    def test_undo_leaves_the_other_alone(self):
        self._confirm(self.one)
        self.one.credit_ids.action_undo()
        self.env.invalidate_all()
        self.assertEqual((self._live(self.one), self._live(self.other)), ([2], [2]))

    def test_a_correction_has_a_difference_in_each(self):
        self._correct(1.5)
        self.assertEqual(self._due(), {self.first: -50, self.second: -50})
        self._confirm(self.one)
        self.assertEqual(self._due(), {self.second: -50})
        self.one.credit_ids.action_undo()
        self.env.invalidate_all()
        self.assertEqual(self._due(), {self.first: -50, self.second: -50})

    def test_undo_after_a_correction_in_the_other_only_is_refused(self):
        self._confirm(self.one)
        self._correct(1.5)
        self.assertEqual(self._due(), {self.second: -50})
        with self.assertRaisesRegex(UserError, "were changed since they were credited"):
            self.one.credit_ids.action_undo()

    def test_candidates_of_one_are_not_offered_in_the_other(self):
        self.administration = self.first
        guid = self._credit_in_exact(self.one, description=f"Credit {self.other.number}")
        self.assertEqual(self._find(self.one).candidate_ids.mapped("guid"), [guid])
        self.assertFalse(self._find(self.other).candidate_ids)

    def test_the_look_for_new_ones_tells_of_its_own_administration(self):
        self.administration = self.first
        self._credit_in_exact(self.one)
        (self.first | self.second).sudo().write({"sync_at": "2026-01-01"})
        with self._committing():
            self.env["keeping.exact.administration"]._cron_sync()
        self.assertEqual(len(self.one.sudo().activity_ids), 1)
        self.assertFalse(self.other.sudo().activity_ids)

    def test_another_organisation_sees_none(self):
        self._correct(1.5)
        self._confirm(self.one)
        for model in ("keeping.exact.credit", "keeping.exact.credit.line"):
            self.assertFalse(self.env[model].with_user(self.outsider).search([]))
        self.assertFalse(self._due(self.outsider))
        Invoice = self.env["keeping.exact.invoice"].with_user(self.outsider)
        for domain in ([("credit_state", "=", "whole")], [("has_corrections", "=", True)]):
            self.assertFalse(Invoice.search(domain))
        with self.assertRaises(AccessError):
            self.one.credit_ids.with_user(self.outsider).action_undo()


class _SingleHour(CreditCase):
    """Five hours on one line, of which a single one is credited."""

    def _line_of_five(self):
        invoice = self._processed(1, 1, 1, 1, 1)
        self.assertEqual(invoice.sudo().line_ids.mapped("quantity"), [5])
        return invoice

    def _left(self, invoice):
        self.env.invalidate_all()
        return self._live(invoice), invoice.net_hours, invoice.net_amount, invoice.credit_state

    def _find_one(self):
        invoice = self._line_of_five()
        choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=1))
        self.assertEqual((choice.amount, choice.hours), (100, 0))
        choice.hour_ids[2].chosen = True
        self.assertFalse(choice.difference_message)
        freed = choice.hour_ids[2].hour_id
        choice.action_confirm()
        self.assertEqual(self._left(invoice), ([1, 1, 1, 1], 4, 400, "partly"))
        self.assertEqual(self._preview().sudo().hour_ids.timesheet_id, freed.timesheet_id)

    def _make_one(self):
        invoice = self._line_of_five()
        choice = self._make(invoice)
        choice.hour_ids[2].chosen = True
        choice.action_make()
        self._send()
        credit = invoice.credit_ids
        self.assertEqual(credit.state, "done", credit.error_message)
        self.assertEqual(self._left(invoice), ([1, 1, 1, 1], 4, 400, "partly"))
        [line] = [
            row
            for row in self._rows("salesinvoice/SalesInvoiceLines")
            if row["InvoiceID"] == credit.guid
        ]
        # Above zero, as a bookkeeper enters it: the type of the note says that it is credited.
        self.assertEqual((line["Quantity"], line["UnitPrice"]), (1, 100))
        [note] = [row for row in self._rows() if row["InvoiceID"] == credit.guid]
        self.assertEqual((note["Type"], abs(float(note["AmountFCExclVat"]))), (8021, 100))
        own = [one for one in self._find(invoice).candidate_ids if one.guid == credit.guid]
        self.assertEqual([one.used for one in own], [100])

    def _credit_hour_by_hour(self):
        invoice = self._line_of_five()
        for left in (4, 3, 2, 1):
            choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=1))
            choice.hour_ids[0].chosen = True
            choice.action_confirm()
            self.assertEqual(self._left(invoice)[:2], ([1] * left, left))
        choice = self._choose(invoice, self._credit_in_exact(invoice, quantity=1))
        self.assertTrue(choice.hour_ids.chosen, "the last one is proposed by itself")
        choice.action_confirm()
        self.assertEqual(invoice.state, "credited")


@tagged("post_install", "-at_install")
class TestSingleHourStrict(_SingleHour):
    profile = "strict"

    def test_found_in_exact(self):
        self._find_one()

    def test_made_from_here(self):
        self._make_one()

    def test_hour_by_hour_until_the_end(self):
        self._credit_hour_by_hour()


@tagged("post_install", "-at_install")
class TestSingleHourLenient(_SingleHour):
    profile = "lenient"

    def test_found_in_exact(self):
        self._find_one()

    def test_made_from_here(self):
        self._make_one()

    def test_hour_by_hour_until_the_end(self):
        self._credit_hour_by_hour()
