from datetime import date
from uuid import UUID

from .sandbox_case import INVOICES, SendingCase

LINES = "salesinvoice/SalesInvoiceLines"
PRINTED = "salesinvoice/PrintedSalesInvoices"


class LinkCase(SendingCase):
    """Invoices that a bookkeeper makes in Exact, and hours in Odoo that they bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Customer = cls.env["keeping.exact.customer"].sudo()
        cls.theirs = Customer.search(
            [
                ("administration_id", "=", cls.administration.id),
                ("status", "=", "C"),
                ("blocked", "=", False),
                ("partner_id", "=", False),
                ("sales_currency", "in", (False, "EUR")),
                ("sales_discount", "=", 0),
                ("invoice_account", "=", False),
            ],
            order="code",
        )
        cls.item = (
            cls.env["keeping.exact.item"]
            .sudo()
            .search(
                [
                    ("administration_id", "=", cls.administration.id),
                    ("is_sales", "=", True),
                    ("fraction_allowed", "=", True),
                ],
                limit=1,
            )
        )
        cls.acme = cls.theirs[0]
        cls.acme._link_partner(cls.customer, "person")
        cls.env["keeping.exact.rate"].with_company(cls.company).create(
            {"company_id": cls.company.id, "hourly_rate": 100}
        )

    def _bill(self, *lines, customer=None, day=date(2026, 11, 5), process=False, **values):
        """Make an invoice in Exact as a bookkeeper does; return its GUID.

        :param lines: (quantity, price, text) each
        """
        customer = customer or self.acme
        payload = {
            "OrderedBy": customer.guid,
            "InvoiceTo": customer.guid,
            "OrderDate": day,
            "Journal": self.administration.sudo().journal_id.code,
            "SalesInvoiceLines": [
                {
                    "Item": self.item.guid,
                    "Quantity": quantity,
                    "UnitPrice": price,
                    "Description": text,
                }
                for quantity, price, text in lines or [(3, 100, "Website")]
            ],
            **values,
        }
        with self.administration._get_client() as client:
            guid = client.post(INVOICES, payload)["InvoiceID"]
            if process:
                client.post(PRINTED, {"InvoiceID": guid, "InvoiceDate": day})
        self.sandbox.clear_calls()
        return guid

    def _change_line(self, guid, **values):
        """Change the first line of an invoice as a bookkeeper does."""
        with self.administration._get_client() as client:
            line = self.env["keeping.exact.invoice"]._read_exact_lines(client, guid)[0]
            client.put(LINES, UUID(line["ID"]), values)

    def _open_link(self, user=None, **vals):
        user = user or self.invoicer
        Link = self.env["keeping.exact.invoice.link"].with_user(user).with_company(user.company_id)
        action = Link.action_open()
        link = Link.browse(action["res_id"])
        link.write({"administration_id": self.administration.id, **vals})
        return link

    def _search(self, **vals):
        """Search as a person does; return what is shown."""
        link = self._open_link(**vals)
        link.action_search()
        return link.row_ids

    def _chosen(self, guid, user=None, **vals):
        """Return the wizard with an invoice chosen."""
        link = self._open_link(user)
        link._choose(guid)
        if vals:
            link.write(vals)
        return link

    def _compared(self, guid, user=None, **vals):
        link = self._chosen(guid, user, **vals)
        link.action_compare()
        return link

    def _saved(self, link):
        """Save, and return the link that was made."""
        action = link.action_save()
        self.assertEqual(action["res_model"], "keeping.exact.invoice", link.notice)
        return self.env["keeping.exact.invoice"].browse(action["res_id"])

    def _linked(self, guid, **vals):
        return self._saved(self._compared(guid, **vals)).with_user(self.invoicer)

    def _methods(self):
        return {call["method"] for call in self.sandbox.calls()}
