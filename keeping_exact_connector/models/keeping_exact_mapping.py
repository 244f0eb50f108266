from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.guards import check_mapping
from .keeping_exact_customer import MATCH_REASONS
from .keeping_exact_invoice import LIVE_STATES

# Rows have no table: their number is made of two ids, and stays below what JavaScript can count.
ROW = 2**32
PROJECT_ROWS = 2**52
STATES = [
    ("open", "To do"),
    ("project", "No customer"),
    ("coming", "Being made"),
    ("linked", "Linked"),
    ("elsewhere", "Elsewhere"),
    ("ignored", "Ignored"),
]


class KeepingExactMapping(models.Model):
    """Who is who: each partner that has hours to invoice or links, per administration.

    Also lists the projects with hours to invoice that have no customer at all.
    """

    _name = "keeping.exact.mapping"
    _description = "Customers to Link with Exact Online"
    _auto = False
    _order = "hours desc, id"
    _rec_name = "partner_id"
    _depends = {
        "account.analytic.line": ["partner_id", "project_id", "unit_amount", "company_id"],
        "keeping.exact.administration": ["state", "company_id"],
        "keeping.exact.customer": ["partner_id", "administration_id", "active", "guid"],
        "keeping.exact.hour": ["timesheet_id", "live"],
        "keeping.exact.invoice": ["partner_id", "administration_id", "state"],
        "res.partner": ["commercial_partner_id"],
    }

    administration_id = fields.Many2one("keeping.exact.administration", readonly=True)
    company_id = fields.Many2one("res.company", string="Organisation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    hours = fields.Float(string="Hours to invoice", readonly=True, digits=(16, 2))
    state = fields.Selection(STATES, readonly=True)
    customer_id = fields.Many2one(
        "keeping.exact.customer",
        string="Customer in Exact",
        domain="[('administration_id', '=', administration_id), ('status', '=', 'C'),"
        " ('blocked', '=', False), ('guid', '!=', False),"
        " ('partner_id', 'in', (False, partner_id))]",
        help="Hours of this customer are invoiced to this one in Exact.",
    )
    match_origin = fields.Selection(related="customer_id.match_origin")
    proposed_customer_id = fields.Many2one(
        "keeping.exact.customer", string="Proposal", compute="_compute_proposal"
    )
    proposal_reason = fields.Selection(MATCH_REASONS, string="Because", compute="_compute_proposal")
    proposal_count = fields.Integer(string="Look alike", compute="_compute_proposal")
    remark = fields.Text(compute="_compute_proposal")

    # ------------------------------------------------------------------ the rows

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT known.administration_id::bigint * %(row)s + known.partner_id AS id,
                   known.administration_id, known.company_id, known.partner_id,
                   NULL::int AS project_id, known.hours, customer.id AS customer_id,
                   CASE WHEN customer.guid IS NOT NULL THEN 'linked'
                        WHEN customer.id IS NOT NULL THEN 'coming'
                        WHEN ignored.partner_id IS NOT NULL THEN 'ignored'
                        WHEN EXISTS (
                            SELECT FROM keeping_exact_customer other
                              JOIN keeping_exact_administration home
                                ON home.id = other.administration_id AND home.state = 'linked'
                             WHERE other.partner_id = known.partner_id AND other.active
                               AND other.company_id = known.company_id
                        ) THEN 'elsewhere'
                        ELSE 'open' END AS state
              FROM (
                  SELECT administration.id AS administration_id, administration.company_id,
                         found.partner_id, sum(found.hours) AS hours
                    FROM keeping_exact_administration administration
                    JOIN (%(found)s) found
                      ON found.company_id = administration.company_id
                     AND COALESCE(found.administration_id, administration.id) = administration.id
                   WHERE administration.state = 'linked'
                   GROUP BY administration.id, found.partner_id
              ) known
              LEFT JOIN keeping_exact_customer customer
                ON customer.administration_id = known.administration_id
               AND customer.partner_id = known.partner_id AND customer.active
              LEFT JOIN keeping_exact_ignored_partner ignored
                ON ignored.administration_id = known.administration_id
               AND ignored.partner_id = known.partner_id
             UNION ALL
            SELECT %(project_rows)s + homeless.project_id, NULL, homeless.company_id, NULL,
                   homeless.project_id, sum(homeless.hours), NULL, 'project'
              FROM (%(unbilled)s) homeless
             WHERE homeless.partner_id IS NULL
             GROUP BY homeless.project_id, homeless.company_id
            """,
            row=ROW,
            project_rows=PROJECT_ROWS,
            found=self._sql_found(),
            unbilled=self._sql_unbilled(),
        )

    def _sql_found(self):
        """Return SQL of who is to be mapped: company, administration or NULL, partner, hours."""
        return SQL(
            """
            SELECT company_id, NULL::int AS administration_id, partner_id, sum(hours) AS hours
              FROM (%(unbilled)s) unbilled
             WHERE partner_id IS NOT NULL
             GROUP BY company_id, partner_id
             UNION ALL
            SELECT DISTINCT company_id, administration_id, partner_id, 0
              FROM keeping_exact_invoice
             WHERE state = ANY(%(live)s)
             UNION ALL
            SELECT company_id, administration_id, partner_id, 0
              FROM keeping_exact_customer
             WHERE partner_id IS NOT NULL AND active
            """,
            unbilled=self._sql_unbilled(),
            live=list(LIVE_STATES),
        )

    def _sql_unbilled(self):
        """Return SQL of the hours to invoice that the user may see.

        Administrators who do not invoice see whose hours there are, but not how many.
        """
        Unbilled = self.env["keeping.exact.unbilled"]
        may_see = Unbilled.has_access("read")
        query = (Unbilled if may_see else Unbilled.sudo())._search([])
        names = ("company_id", "partner_id", "project_id", "hours")
        columns = [SQL.identifier(query.table, name) for name in names]
        if not may_see:
            columns[-1] = SQL("0 AS hours")
        return query.select(*columns)

    # ------------------------------------------------------------------ compute

    @api.depends("partner_id", "project_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = (row.partner_id or row.project_id).display_name

    @api.depends("customer_id", "administration_id", "partner_id")
    @api.depends_context("lang")
    def _compute_proposal(self):
        self.proposed_customer_id = self.proposal_reason = self.remark = False
        self.proposal_count = 0
        missing = self.filtered(lambda row: row.partner_id and not row.customer_id)
        Customer = self.env["keeping.exact.customer"].sudo()
        for administration, rows in missing.grouped("administration_id").items():
            proposals = Customer._propose(administration.sudo(), rows.sudo().partner_id)
            refused = rows._get_refused(administration)
            for row in rows:
                proposal = proposals[row.partner_id.id]
                row.proposed_customer_id = proposal.customer
                row.proposal_reason = proposal.reason
                row.proposal_count = proposal.count
                notes = [*refused.get(row.partner_id.id, []), *proposal.notes]
                row.remark = "\n".join(notes) or False

    def _get_refused(self, administration):
        """Return why customers could not be made: dict partner id -> list of texts."""
        refused = (
            self.env["keeping.exact.customer"]
            .sudo()
            .search(
                [
                    ("administration_id", "=", administration.id),
                    ("partner_id", "in", self.partner_id.ids),
                    ("active", "=", False),
                    ("guid", "=", False),
                    ("error_code", "!=", False),
                ],
                order="id",
            )
        )
        return {
            customer.partner_id.id: [customer.error_message, customer.error_remedy or ""]
            for customer in refused
        }

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):  # pylint: disable=method-required-super
        """Choose the customer in Exact by hand; there is nothing else to write."""
        if set(vals) != {"customer_id"}:
            raise AccessError(self.env._("Only the customer in Exact can be chosen here."))
        check_mapping(self)
        customer = self.env["keeping.exact.customer"].browse(vals["customer_id"] or [])
        customer.check_access("read")
        for row in self:
            row._map(customer.sudo())
        self._reread()
        return True

    # ------------------------------------------------------------------ actions

    def action_accept(self):
        """Link the proposals. In bulk, only where one customer looks alike: the rest is a choice.

        :return: a notification of what was linked and what was left
        """
        check_mapping(self)
        rows = self.filtered("proposed_customer_id")
        if len(self) > 1:
            rows = rows.filtered(lambda row: row.proposal_count == 1)
        linked = 0
        for row in rows:
            proposed = row.proposed_customer_id.sudo()
            # Two partners may look like the same customer: the first one has it now.
            if not proposed.partner_id:
                row._map(proposed)
                linked += 1
        self._reread()
        return self._tell(
            self.env._("%(linked)s linked, %(left)s left.", linked=linked, left=len(self) - linked)
        )

    def action_new(self):
        """Have new customers made in Exact, although some may look alike."""
        check_mapping(self)
        rows = self.filtered(lambda row: row.partner_id and not row.customer_id)
        Customer = self.env["keeping.exact.customer"].sudo()
        for row in rows:
            Customer._plan_creation(
                row.administration_id.sudo(), row.partner_id.sudo(), confirmed=True, wanted=True
            )
        self.env["keeping.exact.operation"].sudo()._wake_sender()
        self._reread()
        return self._tell(self.env._("Being made in Exact Online: %s.", len(rows)))

    def action_ignore(self):
        """Leave these out of the list: they are not invoiced in this administration."""
        return self._ignore(fields.Command.link)

    def action_watch(self):
        """Put ignored ones back into the list."""
        return self._ignore(fields.Command.unlink)

    def action_open_project(self):
        """Open the project, to fill in its customer."""
        self.ensure_one()
        return self.project_id.get_formview_action()

    def action_read_again(self):
        """Read again from Exact those that look alike and cannot be invoiced as they are."""
        check_mapping(self)
        Customer = self.env["keeping.exact.customer"]
        for administration, rows in self.grouped("administration_id").items():
            Customer._find_others(administration, rows.sudo().partner_id).action_read_again()
        self._reread()
        return True

    def action_open_in_exact(self):
        """Open the card of the one that looks alike and cannot be invoiced as it is."""
        self.ensure_one()
        Customer = self.env["keeping.exact.customer"]
        found = Customer._find_others(self.administration_id, self.partner_id.sudo())
        if not found:
            raise UserError(self.env._("There is nothing in Exact Online to look at."))
        return found[0].action_open_in_exact()

    # ------------------------------------------------------------------ business

    def _map(self, customer):
        """Link this row's partner with a customer of Exact, or with none."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "Project %s has no customer in Odoo yet. Fill that in first.",
                    self.project_id.display_name,
                )
            )
        if not customer:
            self.customer_id.sudo()._unmap()
            return
        if customer.administration_id != self.administration_id:
            raise UserError(self.env._("This customer belongs to another administration."))
        customer._map_to(self.partner_id.sudo())

    def _ignore(self, command):
        check_mapping(self)
        for row in self.filtered("partner_id"):
            row.administration_id.sudo().ignored_partner_ids = [command(row.partner_id.id)]
        self._reread()
        return True

    def _reread(self):
        self.env.flush_all()
        self.invalidate_model()

    def _tell(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": text,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
