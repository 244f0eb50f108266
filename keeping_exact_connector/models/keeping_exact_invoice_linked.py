from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools.guards import INVOICING
from ..tools.reference import find_references
from .keeping_exact_invoice import EDITABLE_STATES, UNDER_WAY

# An invoice of Exact in these states has no link in force, and can be linked again.
UNLINKED_STATES = ("disconnected", "removed")


class KeepingExactInvoiceLinked(models.Model):
    """An invoice that was made in Exact and linked with hours afterwards."""

    _inherit = "keeping.exact.invoice"

    accepted_difference = fields.Monetary(
        string="Accepted difference",
        readonly=True,
        copy=False,
        groups=INVOICING,
        help="How much more the lines of the invoice were than the hours on them, which was "
        "accepted when they were linked",
    )

    # ------------------------------------------------------------------ business

    @api.model
    def _get_linked(self, administration, guids):
        """Return the links of invoices of Exact, whoever may see them.

        :param administration: one keeping.exact.administration
        :param list guids: of invoices in Exact
        """
        return self.sudo().search(
            [
                ("administration_id", "=", administration.id),
                ("guid", "in", guids),
                ("state", "not in", UNLINKED_STATES),
            ]
        )

    @api.model
    def _check_not_linked(self, administration, row):
        """Refuse an invoice of Exact that has a link already, or is about to get one.

        :param administration: one keeping.exact.administration
        :param dict row: of SalesInvoices, with InvoiceID and Description
        :raise UserError: names the link and who made it
        """
        linked = self._get_linked(administration, [row["InvoiceID"]])
        if linked:
            raise UserError(
                self.env._(
                    "%(user)s has linked this invoice already: %(link)s. Disconnect that link "
                    "first, if other hours belong to it.",
                    user=linked[0].create_uid.name,
                    link=linked[0].name,
                )
            )
        ours = self.sudo().search(
            [
                ("administration_id", "=", administration.id),
                ("name", "in", find_references(row["Description"])),
                ("state", "in", (*EDITABLE_STATES, *UNDER_WAY)),
            ],
            limit=1,
        )
        if ours:
            raise UserError(
                self.env._(
                    "This invoice was made from here and is being looked up: %s. It is linked by "
                    "itself.",
                    ours.name,
                )
            )

    def _note_linked(self, count):
        """Keep in the history what was linked, and what difference was accepted.

        :param int count: timesheet entries
        """
        self.ensure_one()
        text = self.env._(
            "%(user)s linked %(count)s timesheet entries with this invoice of Exact Online. "
            "Nothing was changed there.",
            user=self.env.user.name,
            count=count,
        )
        if self.accepted_difference:
            text += " " + self.env._(
                "Lines and hours differ by %s, which was accepted.",
                format_amount(self.env, self.accepted_difference, self.currency_id),
            )
        self._message_log(body=text)
