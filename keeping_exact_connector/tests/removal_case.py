import uuid

from .processing_case import ProcessingCase
from .sandbox_case import INVOICES

DELETIONS = "sync/Deleted"


class RemovalCase(ProcessingCase):
    """Invoices in Exact that are deleted, from here or by a bookkeeper there."""

    def _delete_in_exact(self, invoice):
        """As a bookkeeper does: Exact's list of deletions tells of it."""
        with self.administration._get_client() as client:
            client.delete(INVOICES, uuid.UUID(invoice.guid))

    def _vanish(self, invoice):
        """Exact shows it no more, and its list of deletions does not tell why."""
        body = {"where": {"InvoiceID": invoice.guid}}
        self.sandbox.control("DELETE", f"rows/{self.administration.code}/{INVOICES}", body)

    def _change_in_exact(self, invoice, **values):
        with self.administration._get_client() as client:
            client.put(INVOICES, uuid.UUID(invoice.guid), values)

    def _live(self, invoice):
        self.env.invalidate_all()
        return invoice.sudo().hour_ids.filtered("live")

    def _calls(self, method, path):
        return [
            call
            for call in self.sandbox.calls()
            if call["method"] == method and f"/{path}" in call["path"]
        ]

    def _ask_release(self, invoices, **vals):
        action = invoices.with_user(self.invoicer).action_ask_release()
        wizard = self.env[action["res_model"]].with_user(self.invoicer).browse(action["res_id"])
        wizard.write(vals)
        return wizard
