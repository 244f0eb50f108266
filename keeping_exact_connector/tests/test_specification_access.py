import base64

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ExactCase
from .specification_case import read_pdf


@tagged("post_install", "-at_install")
class TestSpecificationAccess(ExactCase, HttpCase):
    """The download over HTTP: who does not see the amounts sees nothing."""

    def setUp(self):
        super().setUp()
        self._make_hours(1.5)
        self.invoice = self._preview(rate=100)
        self.url = self.invoice.action_download_specification()["url"]

    def _get(self, user=None, url=None):
        self.authenticate(user and user.login, user and user.login)
        return self.url_open(url or self.url, allow_redirects=False)

    def test_who_invoices_gets_a_private_file(self):
        answer = self._get(self.invoicer)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn(self.invoice.name, answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertIn("150.00", read_pdf(answer.content))

    def test_others_get_nothing(self):
        portal = new_test_user(self.env, "portal_user", groups="base.group_portal")
        clerk = new_test_user(
            self.env,
            "clerk",
            groups="base.group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user in (self.viewer, self.administrator, self.outsider, portal, clerk):
            with self.subTest(user=user.login):
                answer = self._get(user)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn(b"%PDF", answer.content)
                self.assertNotIn(self.invoice.name.encode(), answer.content)

    def test_the_public_is_sent_to_the_login(self):
        answer = self._get()
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_there_is_no_telling_which_invoices_there_are(self):
        for number in (0, 2**31 - 1, 2**40):
            answer = self._get(self.invoicer, f"/keeping_exact/specification/{number}")
            self.assertEqual(answer.status_code, 404, number)

    def test_the_file_that_was_sent_is_as_private(self):
        document = self.env["keeping.exact.document"]._plan_for(self.invoice.sudo())
        document._make_content()
        sent = document.content
        self.env.flush_all()
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", document._name), ("res_field", "=", "content")])
        )
        self.assertEqual(len(attachment), 1)
        self.assertFalse(attachment.public)
        paths = (
            f"/web/content/{attachment.id}",
            f"/web/content/{document._name}/{document.id}/content",
        )
        for path in paths:
            self.assertEqual(self._get(self.invoicer, path).status_code, 200)
            for user in (self.viewer, self.administrator, self.outsider):
                with self.subTest(path=path, user=user.login):
                    answer = self._get(user, path)
                    self.assertEqual(answer.status_code, 404)
                    self.assertNotIn(b"%PDF", answer.content)
        # The customer moved; who downloads it gets what the customer got.
        self.customer.name = "Another name"
        self.assertEqual(self._get(self.invoicer).content, base64.b64decode(sent))
