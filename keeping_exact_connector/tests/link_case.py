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

    @classmethod
    def _bill(cls, *lines, customer=None, day=date(2026, 11, 5), process=False, **values):
        """Make an invoice in Exact as a bookkeeper does; return its GUID.

        :param lines: (quantity, price, text) each
        """
        customer = customer or cls.acme
        payload = {
            "OrderedBy": customer.guid,
            "InvoiceTo": customer.guid,
            "OrderDate": day,
            "Journal": cls.administration.sudo().journal_id.code,
            "SalesInvoiceLines": [
                {
                    "Item": cls.item.guid,
                    "Quantity": quantity,
                    "UnitPrice": price,
                    "Description": text,
                }
                for quantity, price, text in lines or [(3, 100, "Website")]
            ],
            **values,
        }
        with cls.administration._get_client() as client:
            guid = client.post(INVOICES, payload)["InvoiceID"]
            if process:
                client.post(PRINTED, {"InvoiceID": guid, "InvoiceDate": day})
        cls.sandbox.clear_calls()
        return guid

    def _change_line(self, guid, **values):
        """Change the first line of an invoice as a bookkeeper does."""
        with self.administration._get_client() as client:
            line = self.env["keeping.exact.invoice"]._read_exact_lines(client, guid)[0]
            client.put(LINES, UUID(line["ID"]), values)

    @classmethod
    def _open_link(cls, user=None, **vals):
        user = user or cls.invoicer
        Link = cls.env["keeping.exact.invoice.link"].with_user(user).with_company(user.company_id)
        action = Link.action_open()
        link = Link.browse(action["res_id"])
        link.write({"administration_id": cls.administration.id, **vals})
        return link

    def _search(self, **vals):
        """Search as a person does; return what is shown."""
        link = self._open_link(**vals)
        link.action_search()
        return link.row_ids

    @classmethod
    def _chosen(cls, guid, user=None, **vals):
        """Return the wizard with an invoice chosen."""
        link = cls._open_link(user)
        link._choose(guid)
        if vals:
            link.write(vals)
        return link

    @classmethod
    def _compared(cls, guid, user=None, **vals):
        link = cls._chosen(guid, user, **vals)
        link.action_compare()
        return link

    @classmethod
    def _saved(cls, link):
        """Save, and return the link that was made."""
        action = link.action_save()
        assert action["res_model"] == "keeping.exact.invoice", link.notice
        return cls.env["keeping.exact.invoice"].browse(action["res_id"])

    @classmethod
    def _linked(cls, guid, **vals):
        return cls._saved(cls._compared(guid, **vals)).with_user(cls.invoicer)

    def _methods(self):
        return {call["method"] for call in self.sandbox.calls()}
