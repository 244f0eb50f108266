from odoo.addons.keeping_exact_connector.tests.common import ExactCase
from odoo.fields import Command


class SaleCase(ExactCase):
    """An organisation that sells hours on orders, and may bill them in Odoo or in Exact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.odoo = cls.env(context={**cls.env.context, "allowed_company_ids": cls.company.ids})
        Account = cls.odoo["account.account"]
        cls.income, receivable = Account.create(
            [
                {"name": "Turnover", "code": "800000", "account_type": "income"},
                {"name": "Debtors", "code": "130000", "account_type": "asset_receivable"},
            ]
        )
        cls.odoo["account.journal"].create(
            {
                "name": "Sales",
                "code": "SAL",
                "type": "sale",
                "default_account_id": cls.income.id,
                "company_id": cls.company.id,
            }
        )
        cls.customer.with_company(cls.company).property_account_receivable_id = receivable
        cls.by_the_hour = cls._make_product("delivered_timesheet")
        cls.order = cls._make_order()
        cls.line = cls.order.order_line
        cls.project.write(
            {
                "allow_billable": True,
                "partner_id": cls.customer.id,
                "sale_line_id": cls.line.id,
            }
        )

    @classmethod
    def _make_product(cls, policy, unit="uom.product_uom_hour", **vals):
        return cls.odoo["product.product"].create(
            {
                "name": f"Sold as {policy}",
                "type": "service",
                "service_policy": policy,
                "service_tracking": "no",
                "uom_id": cls.env.ref(unit).id,
                "property_account_income_id": cls.income.id,
                "taxes_id": [Command.clear()],
                **vals,
            }
        )

    @classmethod
    def _make_order(cls, product=None, confirm=True, customer=None, **line):
        order = cls.odoo["sale.order"].create(
            {
                "partner_id": (customer or cls.customer).id,
                "company_id": cls.company.id,
                # The price lists of the demo data are in dollars.
                "pricelist_id": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or cls.by_the_hour).id,
                            "product_uom_qty": 10,
                            "price_unit": 90,
                            **line,
                        }
                    )
                ],
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def _bill_in_odoo(cls, order=None, date_from=False, date_to=False):
        """Press Create Invoice on an order and return the invoice, a draft."""
        order = order or cls.order
        wizard = (
            cls.odoo["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids, active_id=order.id)
            .create(
                {
                    "advance_payment_method": "delivered",
                    "date_start_invoice_timesheet": date_from,
                    "date_end_invoice_timesheet": date_to,
                }
            )
        )
        before = order.invoice_ids
        wizard.create_invoices()
        return order.invoice_ids - before

    @classmethod
    def _credit(cls, invoice):
        """Credit a posted invoice as its button does, and return the posted credit note."""
        wizard = (
            cls.odoo["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit_note = cls.odoo["account.move"].browse(wizard.refund_moves()["res_id"])
        credit_note.action_post()
        return credit_note
