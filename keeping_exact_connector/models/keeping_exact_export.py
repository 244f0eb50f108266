import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..tools import links_file
from ..tools.guards import check_administrator, check_invoicing
from ..tools.identity import get_identity
from .keeping_exact_invoice import LIVE_STATES

PATH = "/keeping_exact/links"
CHUNK = 2**20


class KeepingExactExport(models.Model):
    """One export of an organisation's links and invoiced hours: who has the file, of what moment.

    The file itself is not kept. Uninstalling asks for one since the last change.
    """

    _name = "keeping.exact.export"
    _description = "Export of Exact Online Links"
    _inherit = ["keeping.exact.export.rows"]
    _order = "id desc"
    _rec_name = "made_at"

    company_id = fields.Many2one(
        "res.company", string="Organisation", required=True, readonly=True, ondelete="cascade"
    )
    made_at = fields.Datetime(
        string="Exported on", readonly=True, help="Empty as long as nobody has fetched the file"
    )
    fingerprint = fields.Char(readonly=True, export_string_translation=False)
    digest = fields.Char(string="SHA-256 of the file", readonly=True)
    link_count = fields.Integer(string="Links", readonly=True)
    hour_count = fields.Integer(string="Invoiced hours", readonly=True)

    # ------------------------------------------------------------------ business

    @api.model
    def _check_may_move(self, company, also_off=False):
        """Refuse to whoever does not both administer and invoice.

        Amounts and rates are in the file, which are for invoicing; and it is all of an
        organisation at once, which is for its administrator.

        :param company: one res.company
        :raise AccessError: says what is missing
        :raise UserError: the integration is switched off for the organisation
        """
        if company not in self.env.companies:
            raise AccessError(self.env._("You are not working in this organisation."))
        check_administrator(self.env["keeping.exact.connection"], also_off=True)
        check_invoicing(self.env)
        if not also_off:
            company._check_keeping_exact_enabled()

    @api.model
    def _ask_file(self, company):
        """Return the action that downloads a new file."""
        self._check_may_move(company, also_off=True)
        export = self.sudo().create({"company_id": company.id})
        return {
            "type": "ir.actions.act_url",
            "url": f"{PATH}/{export.id}",
            "target": "download",
        }

    def _write_file(self, file):
        """Write the file, and note what was in it.

        :param file: binary, seekable, for reading and writing
        :raise AccessError: see :meth:`_check_may_move`
        """
        self.ensure_one()
        company = self.company_id
        self._check_may_move(company, also_off=True)
        # What is written and what is noted is of one moment: a transaction has one.
        fingerprint = self._get_fingerprint(company)
        now = fields.Datetime.now()
        head = {
            "database": get_identity(self.env.cr)["uuid"],
            "organisation": company.name,
            "exported_at": f"{now.isoformat()}Z",
        }
        counts = links_file.write(file, head, self._get_readme(), self._get_batches(company))
        self.sudo().write(
            {
                "made_at": now,
                "fingerprint": fingerprint,
                "digest": self._get_digest(file),
                "link_count": counts["invoices"],
                "hour_count": counts["hours"],
            }
        )

    @api.model
    def _get_digest(self, file):
        file.seek(0)
        digest = hashlib.sha256()
        while data := file.read(CHUNK):
            digest.update(data)
        file.seek(0)
        return digest.hexdigest()

    def _get_file_name(self):
        day = fields.Date.context_today(self)
        return f"exact-online-links {self.company_id.name} {day}.zip"

    @api.model
    def _get_readme(self):
        return self.env._(
            "Which hours are invoiced on which invoice in Exact Online.\n"
            "\n"
            "invoices.csv: the invoices. The reference stands on the invoice in Exact Online too.\n"
            "lines.csv: their lines.\n"
            "hours.csv: the hours, as they were invoiced. Live is yes for hours that the invoice "
            "bills now, and no for hours that were released or credited. Timesheet_hours is what "
            "the timesheet has now.\n"
            "corrections.csv: who corrected hours after they were invoiced, why, and what the "
            "right time comes to; or why a difference is not settled.\n"
            "credits.csv, credit_lines.csv: the credit notes of these invoices, and what they "
            "take off which line.\n"
            "left_out.csv: what holds hours in Odoo but is not in this file, and why.\n"
            "\n"
            "A spreadsheet opens these files; an apostrophe before a text keeps it from being "
            "taken for a formula. To import it in another database, leave this zip as it is and "
            "choose Timesheets > Integrations > Move or keep links there.\n"
            "There are no passwords, tokens or keys in it. There are amounts, and names of "
            "customers and employees: keep it with care.\n"
        )

    # ------------------------------------------------------------------ what would be lost

    @api.model
    def _count(self, company):
        """Count what the file would have, and what it would not.

        :param company: one res.company; rights are the caller's to check
        :return: a tuple: links, invoiced hours in force on them, links left out
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT (SELECT count(*) FROM (%(links)s) kept),
                       (SELECT count(*) FROM keeping_exact_hour hour
                         WHERE hour.live AND hour.invoice_id IN (%(links)s)),
                       (SELECT count(*) FROM (%(left_out)s) rest)
                """,
                links=self._sql_links(company),
                left_out=self._sql_left_out(company),
            )
        )[0]

    @api.model
    def _get_last(self, company):
        """Return the last export of which somebody has fetched the file."""
        domain = [("company_id", "=", company.id), ("made_at", "!=", False)]
        return self.search(domain, limit=1)

    @api.model
    def _get_at_stake(self):
        """Return the organisations whose billed hours nobody would know of without this module."""
        groups = self.env["keeping.exact.invoice"]._read_group(
            [("state", "in", LIVE_STATES)], ["company_id"]
        )
        return self.env["res.company"].union(*(company for [company] in groups))

    @api.model
    def _is_kept(self, company):
        """Tell whether a file was fetched since anything in it changed."""
        last = self._get_last(company)
        return bool(last) and last.fingerprint == self._get_fingerprint(company)
