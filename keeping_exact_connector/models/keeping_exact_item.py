from odoo import api, fields, models

from .. import exact_online
from ..tools import messages
from .keeping_exact_invoice import UNDER_WAY
from .keeping_exact_unit import HOUR


class KeepingExactItem(models.Model):
    _name = "keeping.exact.item"
    _description = "Exact Online Item"
    _inherit = ["keeping.exact.mirror", "keeping.exact.sendable"]

    _exact_kind = "item"
    _exact_endpoint = _exact_post_endpoint = "logistics/Items"
    _sync_endpoint = "sync/Logistics/Items"
    _exact_fields = {
        "Code": "code",
        "Description": "name",
        "IsSalesItem": "is_sales",
        "IsFractionAllowedItem": "fraction_allowed",
        "SalesVatCode": "sales_vat_code",
        "Unit": "unit",
        "GLRevenue": "ledger_guid",
        "ItemGroup": "group_guid",
    }

    is_sales = fields.Boolean(string="For sale", readonly=True)
    fraction_allowed = fields.Boolean(readonly=True, help="Whether a quantity may be 0.5")
    sales_vat_code = fields.Char(readonly=True)
    unit = fields.Char(readonly=True)
    ledger_guid = fields.Char(string="Exact ID of its ledger account", readonly=True)
    group_guid = fields.Char(string="Exact ID of its group", readonly=True)
    ledger_id = fields.Many2one(
        "keeping.exact.ledger",
        compute="_compute_ledger_id",
        help="Where hours on this item are booked, if that account has rules for cost centres.",
    )

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "An item of Exact is kept once."
    )

    # ------------------------------------------------------------------ compute

    @api.depends("ledger_guid", "group_guid", "administration_id")
    def _compute_ledger_id(self):
        """An item without an account of its own has that of its group (chapter 4.4)."""
        mine = [("administration_id", "in", self.administration_id.ids)]
        groups = self.env["keeping.exact.item.group"].sudo().search(mine)
        ledgers = self.env["keeping.exact.ledger"].sudo().search(mine)
        by_group = {(group.administration_id, group.guid): group.ledger_guid for group in groups}
        by_guid = {(ledger.administration_id, ledger.guid): ledger.id for ledger in ledgers}
        for item in self:
            home = item.administration_id
            guid = item.ledger_guid or by_group.get((home, item.group_guid))
            item.ledger_id = by_guid.get((home, guid), False)

    # ------------------------------------------------------------------ business

    @api.model
    def _plan_hours_item(self, administration):
        """Plan an item for hours where the administration has chosen none.

        :return: the item, in Exact once the sender has been there
        """
        dutch = administration.site in ("nl", "be")
        item = self.create(
            {
                "administration_id": administration.id,
                "code": "UREN" if dutch else "HOURS",
                "name": "Uren" if dutch else "Hours",
                "is_sales": True,
                "fraction_allowed": True,
            }
        )
        administration.item_id = item
        self.env["keeping.exact.operation"]._plan(item)
        return item

    def _exact_look_before(self, client):
        """An item with our code may be there; one that fits is used, else another code is."""
        rows = self._exact_find(client, None)
        fitting = [row for row in rows if row["IsSalesItem"] and row["IsFractionAllowedItem"]]
        if fitting:
            return fitting[0]
        if rows:
            self.code = f"{self.code}-KE"
        self.unit = self._find_hour_unit(client)
        return None

    def _find_hour_unit(self, client):
        """Return the code of the unit for hours, or False: then Exact takes its main unit."""
        units = client.rows("logistics/Units", select=["ID", "Code", "Type", "TimeUnit", "Active"])
        hours = [unit for unit in units if unit["TimeUnit"] == HOUR and unit["Active"]]
        return hours[0]["Code"] if hours else False

    def _prepare_exact_payload(self):
        self.ensure_one()
        return {
            "Code": self.code,
            "Description": self.name,
            "IsSalesItem": True,
            "IsFractionAllowedItem": True,
            **({"Unit": self.unit} if self.unit else {}),
        }

    def _exact_find(self, client, since):
        where = exact_online.eq("Code", self.code)
        return list(client.rows(self._exact_endpoint, select=self._get_select(), where=where))

    def _exact_absence_proved(self, client):
        # A code is unique in Exact: sending it again cannot make a second item, it is refused.
        return client.has_right(self._exact_endpoint, "GET")

    def _is_needed(self):
        return bool(
            self.env["keeping.exact.invoice.line"].search_count(
                [
                    ("item_id", "=", self.id),
                    ("invoice_id.state", "in", UNDER_WAY),
                    ("invoice_id.held", "=", False),
                ],
                limit=1,
            )
        )

    def _give_up(self):
        self.administration_id.filtered(lambda a: a.item_id == self).item_id = False
        self.active = False

    def _exact_refused(self, code, text):
        """The plan is over: invoices that need it fail, and the next try plans anew."""
        lines = self.env["keeping.exact.invoice.line"].search(
            [("item_id", "=", self.id), ("invoice_id.state", "in", ("draft", "queued", "failed"))]
        )
        waiting = lines.invoice_id.filtered(lambda invoice: invoice.state == "queued")
        lines.item_id = False
        self._give_up()
        for invoice in waiting:
            invoice._exact_refused(messages.within("item", code), text)
        return super()._exact_refused(code, text)

    def _exact_made(self, row):
        self.ensure_one()
        vals = {"guid": row["ID"], "error_code": False, "error_text": False, "retry_at": False}
        known = self.with_context(active_test=False).search(
            [("administration_id", "=", self.administration_id.id), ("guid", "=", row["ID"])]
        )
        if known:
            self._replace_by(known)
        else:
            self.write(vals)

    def _replace_by(self, known):
        """The item came in by reading the list meanwhile: use that row."""
        lines = self.env["keeping.exact.invoice.line"].search([("item_id", "=", self.id)])
        known.active = True
        lines.item_id = known
        self.administration_id.filtered(lambda a: a.item_id == self).item_id = known
        self.active = False
