from odoo.exceptions import UserError
from odoo.tests import tagged

from .move_case import MoveCase, change, rows_of
from .test_credits import CreditCase
from .test_import import ELSEWHERE

FIGURES = (
    "state",
    "credit_state",
    "hours",
    "credited_hours",
    "net_hours",
    "amount_untaxed",
    "credited_amount",
    "net_amount",
    "credit_count",
)


@tagged("post_install", "-at_install")
class TestImportCredits(CreditCase, MoveCase):
    """What was credited stays credited in another database, and frees the same hours there."""

    def _credited(self, *hours, credit):
        """Return an invoice of which a credit note in Exact takes one of the hours."""
        invoice = self._processed(*hours)
        guid = self._credit_in_exact(invoice, quantity=credit)
        choice = self._choose(invoice, guid)
        choice.hour_ids.filtered(lambda hour: hour.hours == credit).chosen = True
        choice.action_confirm()
        return invoice, guid

    def _figures(self):
        self.env.invalidate_all()
        return {
            link.name: [link[name] for name in FIGURES]
            for link in self._links().with_user(self.invoicer)
        }

    def _move(self):
        content = change(self._export(), ELSEWHERE)
        self._forget()
        return content, self._imported(content)

    def _timesheets(self, state):
        domain = [("project_id", "=", self.project.id), ("keeping_exact_state", "=", state)]
        return sorted(self.env["account.analytic.line"].search(domain).mapped("unit_amount"))

    def test_billed_credited_and_net_are_the_same(self):
        self._credited(1, 2, 4, credit=2)
        before = self._figures()
        _content, wizard = self._move()
        self.assertEqual((wizard.new_count, wizard.credit_count), (1, 1))
        self.assertEqual(self._figures(), before)
        self.assertEqual(before[self._links().name][2:8], [7, 2, 5, 700, 200, 500])
        self.assertEqual(self._timesheets("invoiced"), [1, 4])
        self.assertEqual(self._timesheets("to_invoice"), [2])

    def test_who_credited_it_when_and_why_comes_along(self):
        invoice, guid = self._credited(1, 2, credit=2)
        before = invoice.sudo().credit_ids
        names = ("guid", "number", "origin", "source", "credit_date", "note_amount", "amount",
                 "hour_amount", "reasons", "state", "name", "difference_accepted")  # fmt: skip
        values = [before[name] for name in names]
        moment = before.create_date.replace(microsecond=0)
        self._move()
        credit = self._links().sudo().credit_ids
        self.assertEqual([credit[name] for name in names], values)
        self.assertEqual((credit.create_uid, credit.create_date), (self.invoicer, moment))
        self.assertEqual(credit.guid, guid)
        self.assertEqual((credit.line_ids.amount, credit.line_ids.quantity), (200, 2))
        self.assertEqual(credit.line_ids.invoice_line_id, self._links().line_ids)
        text = " ".join(self._links().message_ids.mapped("body"))
        self.assertIn(self.invoicer.name, text)
        self.assertIn("200.00", text)

    def test_the_credit_note_in_exact_is_no_new_one(self):
        _invoice, guid = self._credited(1, 2, credit=2)
        self._move()
        administration = self.administration.sudo()
        administration.credit_notes_until = administration.credit_notes_told = False
        link = self._links()
        self._read_lists()
        self.assertTrue(administration.credit_notes_told)
        self.assertFalse(link.activity_ids)
        [candidate] = self._find(link).candidate_ids
        self.assertEqual((candidate.guid, candidate.used), (guid, 200))

    def test_what_is_credited_whole_is_credited_and_can_be_undone(self):
        invoice = self._processed(2, 3)
        choice = self._choose(invoice, self._credit_in_exact(invoice))
        choice.action_confirm()
        before = self._figures()
        self._move()
        self.assertEqual(self._figures(), before)
        self.assertEqual(self._timesheets("to_invoice"), [2, 3])
        link = self._links()
        link.with_user(self.invoicer).credit_ids.action_undo()
        self.assertEqual(link.state, "processed")
        self.assertEqual(self._live(link), [2, 3])
        self.assertEqual(self._timesheets("invoiced"), [2, 3])

    def test_what_was_undone_stays_so_and_frees_nothing(self):
        invoice, _guid = self._credited(1, 2, credit=2)
        invoice.with_user(self.invoicer).credit_ids.action_undo()
        before = self._figures()
        self._move()
        self.assertEqual(self._figures(), before)
        self.assertEqual(self._links().sudo().credit_ids.state, "undone")
        self.assertEqual(self._timesheets("invoiced"), [1, 2])

    def test_a_note_that_credits_two_links_does_so_again(self):
        one, other = self._processed(1), self._processed(2)
        guid = self._credit_in_exact(one, quantity=3)
        for invoice, hours in ((one, 1), (other, 2)):
            choice = self._choose(invoice, guid)
            choice.line_ids.amount = 100 * hours
            choice.hour_ids.chosen = True
            choice.action_confirm()
        before = self._figures()
        self._move()
        self.assertEqual(self._figures(), before)
        credits_sudo = self.env["keeping.exact.credit"].sudo()
        found = credits_sudo.search([("company_id", "=", self.company.id)])
        self.assertEqual(sorted(found.mapped("part_no")), [1, 2])

    def test_a_note_that_is_used_here_for_another_link_counts_on(self):
        _invoice, guid = self._credited(1, 2, credit=2)
        content = change(self._export(), ELSEWHERE)
        self._forget()
        new = self._make_hours(2)
        other = self._processed(9, timesheet_ids=[(6, 0, new.ids)])
        choice = self._choose(other, guid)
        choice.hour_ids.chosen = True
        choice.action_confirm()
        self._imported(content)
        found = self._links().sudo().credit_ids
        self.assertEqual(sorted(found.mapped("part_no")), [1, 2])

    def test_freed_hours_that_are_billed_again_are_billed_once(self):
        invoice, _guid = self._credited(1, 2, credit=2)
        freed = invoice.sudo().credit_ids.hour_ids.timesheet_id
        self._processed(9, timesheet_ids=[(6, 0, freed.ids)])
        before = self._figures()
        self._move()
        self.assertEqual(self._figures(), before)
        self.assertEqual(self._timesheets("invoiced"), [1, 2])
        self.assertEqual(self._timesheets("to_invoice"), [9])
        credit = self._links().sudo().credit_ids
        with self.assertRaisesRegex(UserError, "billed again"):
            credit.with_user(self.invoicer).action_undo()

    def test_a_credit_of_a_correction_gives_the_difference_back_here_too(self):
        first = self._processed(2)
        self.env["keeping.exact.correction"].sudo()._correct(
            first.sudo().hour_ids.with_user(self.invoicer).sudo(), 1.5, "Break"
        )
        Open = self.env["keeping.exact.correction.open"].with_user(self.invoicer)
        Open.search([]).action_make_draft()
        settling = (self._links() - first).with_user(self.invoicer)
        settling.action_release()
        invoice = self._processed(4)
        choice = self._choose(invoice, self._credit_in_exact(invoice))
        choice.action_confirm()
        self.env.invalidate_all()
        before = [(row.amount, row.reason) for row in Open.search([])]
        self.assertEqual(before, [(-50, "Break")])
        self._move()
        self.assertEqual([(row.amount, row.reason) for row in Open.search([])], before)

    def test_while_a_credit_note_is_on_its_way_the_link_is_left_out(self):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        choice.action_make()
        content = self._export()
        self.assertFalse(rows_of(content, "invoices"))
        self.assertEqual(rows_of(content, "left_out")[0]["reference"], invoice.name)
        self._send()
        self.assertEqual(invoice.sudo().credit_ids.state, "done")
        before = self._figures()
        self._move()
        self.assertEqual(self._figures(), before)

    def test_a_refused_credit_note_stays_behind_and_its_hours_stay_billed(self):
        invoice = self._processed(1, 2)
        choice = self._make(invoice)
        choice.hour_ids.filtered(lambda hour: hour.hours == 2).chosen = True
        choice.action_make()
        invoice.sudo().credit_ids._exact_refused("unknown", "No")
        self._move()
        self.assertFalse(self._links().sudo().credit_ids)
        self.assertEqual(self._timesheets("invoiced"), [1, 2])

    def test_importing_twice_doubles_no_credit(self):
        self._credited(1, 2, credit=2)
        content, _wizard = self._move()
        before = self._figures()
        again = self._imported(content)
        self.assertEqual((again.here_count, again.credit_count), (1, 0))
        self.assertEqual(self._figures(), before)
