from odoo.exceptions import UserError
from odoo.tests import tagged

from exact_sandbox.users import RIGHTS

from .checks_case import ChecksCase


class SixRights(ChecksCase):
    """The seed's promise: exactly the six rights are enough to link and to invoice."""

    def _invoice(self):
        self.customer.name = f"Klant {self.id()}"[-60:]
        self._make_hours(1.5, 2.25)
        invoice = self._preview()
        invoice.action_send()
        self._send()
        return invoice


@tagged("post_install", "-at_install")
class TestSixRightsLenient(SixRights):
    profile = "lenient"

    def test_everything_is_in_order_and_an_invoice_is_made(self):
        administration = self._link()
        self.assertEqual(administration.check_state, "ok")
        self.assertEqual({check.state for check in administration.check_ids}, {"ok"})
        self.assertFalse(administration.journals_unread)
        self.assertEqual(self._invoice().state, "open")
        self.assertFalse(self.sandbox.error_counts()["errors"])


@tagged("post_install", "-at_install")
class TestSixRightsStrict(SixRights):
    profile = "strict"

    def _type(self, model, code):
        Model = self.env[model].with_user(self.administrator).with_company(self.company)
        Model = Model.with_context(default_administration_id=self.administration.id)
        return self.env[model].browse(Model.name_create(code)[0])

    def test_codes_are_typed_an_invoice_is_made_and_a_reading_takes_them_over(self):
        administration = self._link()
        # Lists that are refused instead of empty: one error each, and none once that is known.
        hidden = {"Journals", "VATCodes", "PaymentConditions", "FinancialPeriods", "ItemGroups"}
        errors = self._errors()
        self.assertEqual({path.rpartition("/")[2] for path in errors}, hidden)
        self.assertEqual(set(errors.values()), {1})
        states = {check.code: check.state for check in administration.check_ids}
        hidden = ("journal", "vat_code", "fiscal_year", "item_group")
        self.assertEqual({states[code] for code in hidden}, {"unknown"})
        self.assertNotIn("blocked", states.values())
        self.assertEqual(administration.check_state, "ok")
        self.assertTrue(administration.journals_unread)
        self.assertTrue(administration.vat_codes_unread)
        self.assertTrue(administration.payment_conditions_unread)
        # Exact's own latest invoice has told which journal is in use.
        journal = administration.journal_id
        self.assertEqual((journal.code, journal.guid), ("70", False))
        self.assertIn("typed", journal.display_name)
        mine = administration.with_user(self.administrator).with_company(self.company)
        mine.vat_code_id = self._type("keeping.exact.vat.code", " 4 ")
        mine.payment_condition_id = self._type("keeping.exact.payment.condition", "14")
        again = self._type("keeping.exact.vat.code", "4")
        self.assertEqual(again, administration.vat_code_id, "kept once")
        for wrong in ("", "70 Verkoopboek", "x" * 11, "<b>"):
            with self.subTest(code=wrong), self.assertRaises(UserError):
                self._type("keeping.exact.journal", wrong)
        self._check()
        self.assertIn("14", self._get("payment_condition").message)
        self.assertEqual(self._get("payment_condition").state, "unknown")

        invoice = self._invoice()
        self.assertEqual(invoice.state, "open", invoice.error_message)
        sent = self._in_exact(invoice)
        self.assertEqual((sent["Journal"], sent["PaymentCondition"]), ("70", "14"))
        self.assertEqual(self._errors(), errors)

        # The bookkeeper gives the user all rights: the lists become readable.
        self.sandbox.change_user("sem", rights="all")
        self.addCleanup(self.sandbox.change_user, "sem", rights=list(RIGHTS))
        typed = administration.vat_code_id | administration.vat_code_id.browse()
        self._check()
        self.assertEqual(administration.vat_code_id, typed)
        self.assertTrue(typed.guid)
        self.assertTrue(journal.guid)
        self.assertEqual(typed.percentage, 0.21)
        self.assertNotIn("typed", typed.display_name)
        same = [("administration_id", "=", administration.id), ("code", "=", "4")]
        self.assertEqual(self.env["keeping.exact.vat.code"].search_count(same), 1)
        self.assertEqual(administration.check_state, "ok")
        self.assertEqual({check.state for check in administration.check_ids}, {"ok"})
        with self.assertRaisesRegex(UserError, "from the list"):
            self._type("keeping.exact.journal", "88")

    def _in_exact(self, invoice):
        return next(row for row in self._rows() if row["InvoiceID"] == invoice.guid)
