import os
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .. import exact_online
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

    def test_nothing_in_the_database_leads_to_another_host(self):
        """Whom tokens go to is for whoever runs the server, not for an administrator of Odoo."""
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", "https://odoo.example")
        evil = "https://evil.example"
        before = {site: self.Connection._get_site_url(site) for site in exact_online.SITES}
        parameters = self.env["ir.config_parameter"].sudo()
        for site in exact_online.SITES:
            for name in (f"site_url_{site}", f"keeping_exact_connector.site_url_{site}"):
                parameters.set_param(name, evil)
        after = {site: self.Connection._get_site_url(site) for site in exact_online.SITES}
        self.assertEqual(after, before)
        connection = self.Connection.create({"site": "nl", "client_id": "x", "client_secret": "y"})
        for value in ("evil.example", evil, "de", "nl.evil.example"):
            with self.subTest(site=value), self.assertRaises(ValueError):
                connection.site = value
            with self.subTest(address=value), self.assertRaises(UserError):
                connection.exact_address = value
        asked = urlsplit(connection.action_connect()["url"])
        self.assertEqual(asked.netloc, urlsplit(before["nl"]).netloc)

    def test_the_server_says_which_host_stands_in(self):
        self.env["ir.config_parameter"].sudo().set_param("web.base.url", "https://odoo.example")
        self.addCleanup(os.environ.pop, "KEEPING_EXACT_SITE_URL_BE", None)
        os.environ["KEEPING_EXACT_SITE_URL_BE"] = "https://exact.example"
        self.assertEqual(self.Connection._get_site_url("be"), "https://exact.example")
        # Tokens never leave the machine unencrypted, whatever is set.
        os.environ["KEEPING_EXACT_SITE_URL_BE"] = "http://exact.example"
        connection = self.Connection.create({"site": "be", "client_id": "x", "client_secret": "y"})
        with self.assertRaisesRegex(ValueError, "needs https"):
            connection.action_connect()

    def test_a_connection_in_use_keeps_its_site(self):
        connection = self.administration.connection_id.with_user(self.administrator)
        with self.assertRaisesRegex(UserError, "in use"):
            connection.exact_address = "start.exactonline.be"
        connection.exact_address = "start.exactonline.nl"
        with self.assertRaises(AccessError):
            connection.with_user(self.invoicer).exact_address = "start.exactonline.nl"
