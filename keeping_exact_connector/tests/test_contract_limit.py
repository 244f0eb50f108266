from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models.keeping_exact_administration_contract import CONTRACT_PARAMETER
from .sandbox_case import SendingCase


@tagged("post_install", "-at_install")
class TestContractLimit(SendingCase):
    """What a contract allows in a day is counted over all administrations of an organisation."""

    def _allow(self, calls):
        self.env["ir.config_parameter"].set_param(CONTRACT_PARAMETER, str(calls))

    def test_what_is_over_the_contract_waits_for_the_next_day_and_says_so(self):
        first = self._queued()
        self._send()
        self.assertEqual(first.state, "open", first.error_message)
        self._allow(2)
        invoice = self._queued(1)
        self.sandbox.clear_calls()
        self._send()
        self.assertEqual((invoice.state, invoice.error_code), ("queued", "limit_contract"))
        self.assertFalse(self.sandbox.calls())
        tomorrow = fields.Date.to_date(fields.Datetime.now() + timedelta(days=1))
        self.assertEqual(invoice.retry_at.date(), tomorrow)
        self.assertIn("It goes on at", invoice.error_message)
        # A limit does not give way to impatience.
        invoice.action_retry()
        self._send()
        self.assertFalse(self.sandbox.calls())
        self._allow(100_000)
        self._pass_time()
        self._send()
        self.assertEqual(invoice.state, "open", invoice.error_message)

    def test_books_of_another_organisation_are_another_contract(self):
        self._queued()
        self._send()
        self._allow(1)
        other = self._make_administration(self.other_company, 100002)
        self.assertTrue(self.administration._get_contract_reset())
        self.assertFalse(other._get_contract_reset())
        second = self._make_administration(self.company, 100007)
        self.assertTrue(second._get_contract_reset(), "they share it")
