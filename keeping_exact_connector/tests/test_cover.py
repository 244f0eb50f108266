from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestCover(ExactCase):
    """Hours that an advance or a fixed price pays for already."""

    def _advance(self):
        self._make_hours(1)
        invoice = self._preview(rate_mode="invoice_amount", amount=5000)
        invoice.action_send()
        return invoice

    def _cover(self, hours, invoice, user=None):
        user = user or self.invoicer
        action = hours.with_user(user).action_keeping_exact_cover()
        wizard = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        wizard.invoice_id = invoice
        wizard.action_confirm()

    def test_covered_hours_are_billed_and_change_nothing_on_the_invoice(self):
        advance = self._advance()
        hours = self._make_hours(3, 4.5)
        self._cover(hours, advance)
        self.assertEqual(set(hours.mapped("keeping_exact_state")), {"reserved"})
        self.assertEqual((advance.covered_hours, advance.hours), (7.5, 1))
        self.assertEqual(advance.amount_untaxed, 5000)
        self.assertEqual(set(hours.keeping_exact_hour_ids.mapped("amount")), {0})
        self.assertEqual(self._wizard().found_count, 0)
        with self.assertRaisesRegex(UserError, advance.name):
            hours[0].unit_amount = 9

    def test_covered_hours_are_not_covered_or_billed_twice(self):
        advance = self._advance()
        hours = self._make_hours(3)
        self._cover(hours, advance)
        with self.assertRaisesRegex(UserError, "Release them first"):
            self._cover(hours, advance)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env["keeping.exact.hour"].sudo()._cover(advance.sudo(), hours.ids)

    def test_hours_can_be_billed_after_all(self):
        advance = self._advance()
        hours = self._make_hours(3)
        self._cover(hours, advance)
        covered = hours.keeping_exact_hour_ids.with_user(self.invoicer)
        with self.assertRaises(AccessError):
            covered.with_user(self.viewer).action_uncover()
        covered.action_uncover()
        self.assertEqual(hours.keeping_exact_state, "to_invoice")
        with self.assertRaisesRegex(UserError, "covers"):
            advance.hour_ids.filtered("live").action_uncover()

    def test_releasing_the_invoice_frees_what_it_covers(self):
        advance = self._advance()
        hours = self._make_hours(3)
        self._cover(hours, advance)
        advance.action_release()
        self.assertEqual(hours.keeping_exact_state, "to_invoice")

    def test_hours_and_invoice_are_of_one_customer(self):
        advance = self._advance()
        other = self._make_hours(1, project=self._make_project("Shop", self._make_partner("Ander")))
        nobody = self._make_hours(
            1, project=self._make_project("Internal", self.env["res.partner"])
        )
        mine = self._make_hours(2)
        for hours, reason in (
            (other, "1 of the chosen entries are for Ander. .* customer of project Shop"),
            (mine | other, f"{advance.name} is for Klant & Zoon, and 1 of the chosen"),
            (nobody, "for no customer. .* customer of project Internal"),
            (mine | nobody, "1 of the chosen entries are for no customer"),
        ):
            with self.assertRaisesRegex(UserError, reason):
                self._cover(hours, advance)
        with self.assertRaisesRegex(UserError, "Choose the invoice"):
            self._cover(self._make_hours(1), advance.browse())

    def test_an_invoice_that_was_given_up_covers_nothing(self):
        advance = self._advance()
        hours = self._make_hours(3)
        advance.action_release()
        with self.assertRaisesRegex(UserError, "not in force"):
            self._cover(hours, advance)

    def test_only_who_invoices_covers_hours(self):
        advance = self._advance()
        hours = self._make_hours(3)
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._cover(hours, advance, user=user)
