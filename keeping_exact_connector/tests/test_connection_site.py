from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ExactCase


@tagged("post_install", "-at_install")
class TestConnectionSite(ExactCase):
    """Which Exact Online: chosen from a list, or told from a pasted address."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Connection = (
            cls.env["keeping.exact.connection"]
            .with_user(cls.administrator)
            .with_company(cls.company)
        )

    def test_the_site_follows_a_pasted_address(self):
        with Form(self.Connection) as form:
            self.assertFalse(form.exact_address, "a new one is asked for it")
            form.exact_address = "HTTPS://Start.ExactOnline.be/docs/MenuPortal.aspx?_Division_=7 !"
            self.assertEqual(form.site, "be")
        self.assertEqual(form.record.site, "be")
        self.assertEqual(form.record.exact_address, "https://start.exactonline.be")

    def test_the_last_choice_counts(self):
        with Form(self.Connection) as form:
            form.exact_address = "start.exactonline.be"
            form.site = "uk"
            self.assertFalse(form.exact_address)
        self.assertEqual(form.record.site, "uk")
        with Form(form.record) as form:
            form.site = "us"
            form.exact_address = "start.exactonline.co.uk/docs"
        self.assertEqual(form.record.site, "uk")

    def test_an_unsupported_address_is_told_while_it_is_pasted(self):
        new = self.Connection.new({"exact_address": "https://start.exactonline.de/docs"})
        warning = new._onchange_exact_address()["warning"]
        for words in ("Germany", "start.exactonline.co.uk", "https://keeping.nl"):
            self.assertIn(words, warning["message"])
        self.assertFalse(new.exact_address)
        self.assertEqual(new.site, "nl")

    def test_the_site_is_told_when_records_are_made_and_written(self):
        made = self.Connection.create({"exact_address": "start.exactonline.com"})
        self.assertEqual(made.site, "us")
        made.write({"exact_address": "https://start.exactonline.nl/x"})
        self.assertEqual(made.site, "nl")
        made.write({"exact_address": False})
        self.assertEqual(made.site, "nl")
        for address, words in (
            ("https://start.exactonline.fr", "France"),
            ("https://start.exactonline.es/docs", "Spain"),
            ("https://start.exactonline.nl.evil.com", "begins with start.exactonline"),
            ("https://start.exactonline.nl@evil.com", "begins with start.exactonline"),
        ):
            with self.subTest(address=address):
                with self.assertRaisesRegex(UserError, words):
                    self.Connection.create({"exact_address": address})
                with self.assertRaisesRegex(UserError, words):
                    made.exact_address = address
        self.assertEqual(made.site, "nl")

    def test_a_connection_in_use_keeps_its_site(self):
        connection = self.administration.connection_id.with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "in use"):
            connection.exact_address = "start.exactonline.be"
        connection.exact_address = "start.exactonline.nl"
        with self.assertRaises(AccessError):
            connection.with_user(self.invoicer).exact_address = "start.exactonline.nl"
