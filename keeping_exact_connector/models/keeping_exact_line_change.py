import json
from functools import partial
from uuid import UUID

from odoo import api, fields, models

from .. import exact_online
from ..pricing.money import to_decimal
from .keeping_exact_invoice_exact_lines import ENDPOINT
from .keeping_exact_invoice_line import PRECISION
from .keeping_exact_invoice_line_as_in_exact import DISCOUNT_DIGITS
from .keeping_exact_invoice_sending import PROCESSED
from .keeping_exact_sendable import CannotSend

# What is changed of a line, by the name that Exact has for it (reference, chapter 4.4), numbers
# with their decimals.
TEXTS = ("Description", "Notes")
NUMBERS = {"Quantity": PRECISION[1], "UnitPrice": PRECISION[1], "Discount": DISCOUNT_DIGITS[1]}


class KeepingExactLineChange(models.Model):
    """A line of an open invoice in Exact that is to be as it is here.

    Sent once and only if the line still is what the person was shown: what somebody has changed
    there since is not overwritten. Lines that are made again and lines that are removed are in
    files of their own.
    """

    _name = "keeping.exact.line.change"
    _description = "Change of an Invoice Line in Exact Online"
    _inherit = ["keeping.exact.invoice.part"]
    _check_company_auto = True

    _exact_kind = "line_change"
    _exact_post_endpoint = ENDPOINT
    _exact_is_extra = True

    name = fields.Char(string="Line", readonly=True)
    what = fields.Selection(
        [("change", "Changed")],
        string="What is done",
        default="change",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("sending", "Being sent"),
            ("uncertain", "Looking up"),
            ("failed", "Refused"),
            ("done", "In Exact"),
            ("cancelled", "Cancelled"),
        ],
        default="waiting",
        required=True,
        readonly=True,
    )
    # Values of Exact as JSON: what the person saw there, and what is to be there.
    shown = fields.Text(required=True, readonly=True, export_string_translation=False)
    wanted = fields.Text(required=True, readonly=True, export_string_translation=False)

    # ------------------------------------------------------------------ values

    @api.model
    def _dump(self, row):
        """Return the values of a line that are changed here, to be compared and sent.

        :param dict row: of SalesInvoiceLines
        """
        numbers = {name: self._dump_number(row[name], digits) for name, digits in NUMBERS.items()}
        # Line ends are as whoever wrote them has them.
        texts = {name: "\n".join((row[name] or "").splitlines()) for name in TEXTS}
        return json.dumps({**numbers, **texts}, sort_keys=True)

    @api.model
    def _dump_number(self, number, digits):
        return str(to_decimal(float(number or 0), digits).normalize() + 0)

    def _get_changes(self):
        """Return the properties that are to be another value than was shown."""
        self.ensure_one()
        shown, wanted = json.loads(self.shown), json.loads(self.wanted)
        return {name: value for name, value in wanted.items() if shown[name] != value}

    # ------------------------------------------------------------------ business

    def _exact_order_key(self):
        # Of its own invoice: what is not settled here holds up no other.
        return ("lines", self.invoice_id.id)

    def _read_lines(self, client):
        """Return all lines of the invoice in Exact; none proves nothing (reference, 5.2)."""
        return self.invoice_id._read_exact_lines(client, self.invoice_id.guid)

    def _are_lines_believed(self, client, rows):
        """Tell whether the lines that were read are all there are (promise 3: empty is not absent).

        Any line proves that lines may be read. Without one, those of another invoice have to.

        :param list rows: of :meth:`_read_lines`
        """
        if rows:
            return True
        controls = self.invoice_id._get_controls()
        return self._exact_is_shown(client, ENDPOINT, "InvoiceID", controls)

    def _check_still_open(self, client):
        """Read the invoice once more, right before one of its lines is touched.

        :raise CannotSend: it was processed, or is not there any more
        """
        invoice = self.invoice_id._read_in_exact(client)
        if not invoice or invoice["Status"] == PROCESSED:
            raise CannotSend(self.name, "line_late")

    def _read_line(self, client):
        where = exact_online.eq("ID", UUID(self.guid))
        return client.first(ENDPOINT, select=["ID", *NUMBERS, *TEXTS], where=where)

    def _exact_look_before(self, client):
        row = self._read_line(client)
        if row and self._dump(row) == self.wanted:
            return row
        if not row:
            raise CannotSend(self.name, "line_gone")
        self._check_still_open(client)
        if self._dump(row) != self.shown:
            raise CannotSend(self.name, "line_changed")
        return None

    def _exact_request(self, client):
        key, reference = UUID(self.guid), self._exact_reference()
        return partial(client.put, self._exact_post_endpoint, key, reference=reference)

    def _prepare_exact_payload(self):
        """Return the body of PUT salesinvoice/SalesInvoiceLines (reference, chapter 4.4)."""
        return {
            name: to_decimal(float(value), NUMBERS[name]) if name in NUMBERS else value
            for name, value in self._get_changes().items()
        }

    def _exact_find(self, client, since):
        row = self._read_line(client)
        return [row] if row and self._dump(row) == self.wanted else []

    def _exact_absence_proved(self, client):
        # Not by an empty list, but by the line itself, which is read and is not as wanted; or it
        # was removed since, which the lines that are left tell.
        rows = self._read_lines(client)
        row = next((row for row in rows if row["ID"] == self.guid), None)
        return self._dump(row) != self.wanted if row else self._are_lines_believed(client, rows)

    def _exact_key(self, row):
        return self.guid

    def _exact_made(self, row):
        self._be_done({})
        self.invoice_id._note_line_changed(self)

    # ------------------------------------------------------------------ actions

    def action_cancel(self):
        """Give up a change that was not sent, or was refused."""
        self.invoice_id._check_invoicing()
        steps = self.sudo()
        steps._cancel()
        steps.filtered(lambda step: step.state == "failed").state = "cancelled"
        return True
