import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.keeping_exact_invoice_specification_texts import _find_fonts
from ..specification.fonts import printable, use_fonts
from .common import ExactCase
from .specification_case import read_pdf


@tagged("post_install", "-at_install")
class TestSpecification(ExactCase):
    """What stands on the hours specification of an invoice, and who gets one in Exact."""

    def _read(self, invoice):
        return read_pdf(invoice.sudo()._draw_specification())

    def test_it_says_who_did_what_when_for_how_much(self):
        self._make_hours(1.5, 2.25, task_id=self.task.id)
        invoice = self._preview(rate=100)
        invoice.your_ref = "PO 1234"
        self.customer.write({"street": "Dorpsstraat 1", "zip": "5038 AB", "city": "Tilburg"})
        text = self._read(invoice)
        for part in (
            *("Hours specification", "Bureau Zuid", "Klant & Zoon", "Dorpsstraat 1", "Tilburg"),
            *("10/12/2026", "Viewer", "Design", "Work 0", "Work 1", "1:30", "2:15", "3:45"),
            *("150.00", "225.00", "375.00", "Amount (EUR)", invoice.name, "PO 1234", "1 / 1"),
        ):
            self.assertIn(part, text)
        self.assertNotIn("Worked", text)
        self.assertNotIn("Subtotal", text)

    def test_hours_that_were_rounded_show_both_numbers(self):
        self._make_hours(1.1)
        invoice = self._preview(rounding="30", rounding_method="up")
        text = self._read(invoice)
        self.assertIn("Worked Billed", text)
        self.assertIn("1:06 1:30 150.00", text)
        self.assertIn("Hours worked", text)

    def test_projects_have_subtotals(self):
        other = self._make_project("Advies", self.customer)
        self._make_hours(1, 2)
        self._make_hours(4, project=other)
        text = self._read(self._preview())
        self.assertIn("Subtotal Website 3:00 300.00", text)
        self.assertIn("Subtotal Advies 4:00 400.00", text)
        self.assertIn("Total 7:00 700.00", text)
        self.assertLess(text.index("Subtotal Advies"), text.index("Subtotal Website"))

    def test_only_the_chosen_columns_and_no_empty_one(self):
        self._make_hours(1, name="Secret text")
        invoice = self._preview(rate=100)
        self.assertNotIn("Task", self._read(invoice))
        self.administration.write(
            {
                "specification_person": False,
                "specification_text": False,
                "specification_amount": False,
            }
        )
        text = self._read(invoice)
        for part in ("Viewer", "Secret text", "100.00", "Amount", "Person"):
            self.assertNotIn(part, text)
        self.assertIn("10/12/2026 1:00", text)

    def test_it_is_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self._load_dutch()
        self._make_hours(12.5)
        self.customer.lang = "nl_NL"
        invoice = self._preview(rate=100)
        text = self._read(invoice)
        for part in ("Urenspecificatie", "12-10-2026", "1.250,00", "Totaal", "Onze referentie"):
            self.assertIn(part, text)
        self.assertEqual(invoice._get_specification_name(), f"Urenspecificatie {invoice.name}.pdf")
        # The card in Exact goes before the contact.
        invoice.sudo().customer_id = self._make_customer("Klant", language="EN")
        self.assertIn("Hours specification", self._read(invoice))
        self.customer.lang = False
        invoice.sudo().customer_id = False
        self.assertIn("Hours specification", self._read(invoice))

    def _load_dutch(self):
        module = self.env["ir.module.module"]._get("keeping_exact_connector")
        module._update_translations("nl_NL")

    def test_released_and_covered_hours_do_not_stand_on_it(self):
        self._make_hours(1, 2)
        invoice = self._preview()
        invoice.sudo().hour_ids[0]._end()
        text = self._read(invoice)
        self.assertNotIn("Work 0", text)
        self.assertIn("Total 2:00", text)
        invoice.action_release()
        # Of an invoice that was given up, what it was for is still told.
        self.assertIn("Total 3:00", self._read(invoice))

    def test_an_amount_that_was_changed_is_told_to_the_cent(self):
        self._make_hours(1, 1, 1)
        invoice = self._preview(rate=100)
        invoice.line_ids.amount = 100
        text = self._read(invoice)
        self.assertIn("33.33", text)
        self.assertIn("33.34", text)
        self.assertIn("Total 3:00 100.00", text)

    def test_drawn_twice_it_has_the_same_bytes_and_is_the_same_without_a_query_per_line(self):
        self._make_hours(*[1] * 20, task_id=self.task.id)
        invoice = self._preview().sudo()
        invoice._draw_specification()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            first = invoice._draw_specification()
        self.assertEqual(invoice._draw_specification(), first)
        other = self._make_project("Other", self._make_partner("Other"))
        self._make_hours(*[1] * 60, project=other)
        many = self._preview().sudo()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            many._draw_specification()

    def test_the_organisations_own_logo_is_drawn(self):
        self._make_hours(1)
        invoice = self._preview().sudo()
        self.assertNotIn(b"/XObject", invoice._draw_specification())
        picture = io.BytesIO()
        Image.new("RGB", (60, 20), (10, 90, 160)).save(picture, "PNG")
        self.company.logo = base64.b64encode(picture.getvalue())
        self.assertIn(b"/XObject", invoice._draw_specification())

    def test_odoo_has_a_typeface_with_the_names_of_people(self):
        self.assertEqual(len(_find_fonts()), 2)
        use_fonts(*_find_fonts())
        for name in ("Zoë", "Łukasz Wiśniewski", "Đorđe Ć", "İbrahim", "Fekő Őri", "Șerban", "€ 1"):
            self.assertEqual(printable(name), name)
        employee = self.env["hr.employee"].search([("user_id", "=", self.viewer.id)])
        employee.name = "Łukasz Őri"
        self._make_hours(1)
        content = self._preview().sudo()._draw_specification()
        self.assertIn("Łukasz Őri", read_pdf(content))
        self.assertIn(b"Roboto", content)

    def test_who_gets_one_in_exact(self):
        expected = {
            ("off", False): False,
            ("off", "always"): False,
            ("off", "never"): False,
            ("on", False): True,
            ("on", "always"): True,
            ("on", "never"): False,
            ("customer", False): False,
            ("customer", "always"): True,
            ("customer", "never"): False,
        }
        for (setting, wish), wanted in expected.items():
            with self.subTest(setting=setting, wish=wish):
                self.administration.hours_specification = setting
                self.customer.keeping_exact_specification = wish
                found = self.administration._wants_specification(self.customer)
                self.assertEqual(found, wanted)

    def test_nobody_gets_one_until_an_administrator_says_so(self):
        self.assertEqual(self.administration.hours_specification, "off")
        for user in (self.invoicer, self.viewer):
            with self.assertRaises(AccessError):
                self.administration.with_user(user).hours_specification = "on"
        mine = self.administration.with_user(self.administrator)
        mine.write({"hours_specification": "on", "specification_amount": False})
        self.assertEqual(self.administration.hours_specification, "on")

    def test_download_is_for_who_sees_amounts_and_needs_hours(self):
        self._make_hours(1)
        invoice = self._preview()
        action = invoice.action_download_specification()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertIn(str(invoice.id), action["url"])
        for user in (self.viewer, self.administrator, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                invoice.with_user(user).action_download_specification()
        invoice.line_ids.unlink()
        with self.assertRaisesRegex(UserError, "no hours"):
            invoice.action_download_specification()
