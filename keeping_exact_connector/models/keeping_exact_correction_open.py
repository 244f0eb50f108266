from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import locks
from ..tools.guards import check_invoicing


class KeepingExactCorrectionOpen(models.Model):
    """Differences between what was billed and what is on the timesheet now, still to settle.

    Never stored: what an hour would have been billed for (its latest correction), less what it was
    billed for, less what other invoices settle and what is left alone. So a draft that is given up,
    or a correction that is credited, brings the difference back by itself. While the line of an
    open invoice is being changed for it, it waits for that. Of an hour that is not billed any more
    nothing is owed; what was settled of it is given back, since the hour is billed anew as it is on
    the timesheet.
    """

    _name = "keeping.exact.correction.open"
    _description = "Correction to Settle in Exact Online"
    _auto = False
    _order = "date, id"
    _rec_name = "name"
    # What the rows are made of is written before they are read.
    _depends = {
        "keeping.exact.hour": [
            "amount",
            "billed_hours",
            "corrected_id",
            "date",
            "hours",
            "live",
            "partner_id",
        ],
        "keeping.exact.correction": [
            "amount_after",
            "billed_after",
            "hour_id",
            "hours_after",
            "hours_before",
            "kind",
            "reason",
        ],
        "keeping.exact.invoice": ["currency_id"],
        "keeping.exact.line.change": ["correction_id", "state"],
    }

    hour_id = fields.Many2one("keeping.exact.hour", string="Corrects", readonly=True)
    administration_id = fields.Many2one("keeping.exact.administration", readonly=True)
    company_id = fields.Many2one("res.company", string="Organisation", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    invoice_id = fields.Many2one("keeping.exact.invoice", string="Billed on", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    task_id = fields.Many2one("project.task", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    date = fields.Date(string="Day of the work", readonly=True)
    name = fields.Char(string="Description", readonly=True)
    reason = fields.Char(readonly=True)
    corrected_by_id = fields.Many2one("res.users", string="Corrected by", readonly=True)
    corrected_at = fields.Datetime(string="Corrected on", readonly=True)
    hours = fields.Float(string="Difference", readonly=True, digits=(16, 4))
    billed_hours = fields.Float(string="To bill", readonly=True, digits=(16, 4))
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id, o.id AS hour_id, o.administration_id, o.company_id, o.partner_id,
                   o.invoice_id, o.project_id, o.task_id, o.employee_id, o.date, o.name,
                   last.reason, last.create_uid AS corrected_by_id,
                   last.create_date AS corrected_at, invoice.currency_id,
                   due.hours, due.billed_hours, due.amount
              FROM keeping_exact_hour o
              JOIN keeping_exact_invoice invoice ON invoice.id = o.invoice_id
              JOIN (
                       SELECT DISTINCT ON (c.hour_id) c.*
                         FROM keeping_exact_correction c
                        WHERE c.kind = 'corrected'
                        ORDER BY c.hour_id, c.id DESC
                   ) last ON last.hour_id = o.id
              JOIN LATERAL (
                       SELECT COALESCE(sum(k.hours), 0) AS hours,
                              COALESCE(sum(k.billed_hours), 0) AS billed_hours,
                              COALESCE(sum(k.amount), 0) AS amount
                         FROM keeping_exact_hour k WHERE k.corrected_id = o.id AND k.live
                   ) settled ON TRUE
              JOIN LATERAL (
                       SELECT COALESCE(sum(w.hours_before), 0) AS hours,
                              COALESCE(sum(w.billed_after), 0) AS billed_hours,
                              COALESCE(sum(w.amount_after), 0) AS amount
                         FROM keeping_exact_correction w
                        WHERE w.hour_id = o.id AND w.kind = 'waived'
                   ) waived ON TRUE
              JOIN LATERAL (
                       SELECT CASE WHEN o.live THEN last.hours_after - o.hours - waived.hours
                                   ELSE 0 END - settled.hours AS hours,
                              CASE WHEN o.live
                                   THEN last.billed_after - o.billed_hours - waived.billed_hours
                                   ELSE 0 END - settled.billed_hours AS billed_hours,
                              CASE WHEN o.live THEN last.amount_after - o.amount - waived.amount
                                   ELSE 0 END - settled.amount AS amount
                   ) due ON TRUE
             WHERE (round(due.amount::numeric, 4) != 0 OR round(due.billed_hours::numeric, 4) != 0)
               AND NOT EXISTS (
                       SELECT FROM keeping_exact_line_change change
                         JOIN keeping_exact_correction c ON c.id = change.correction_id
                        WHERE c.hour_id = o.id
                          AND change.state IN ('waiting', 'sending', 'uncertain')
                   )
            """
        )

    # ------------------------------------------------------------------ actions

    def action_make_draft(self):
        """Put these differences on new drafts, one for each customer.

        :return: the action that shows the drafts
        :raise UserError: some are settled by now
        """
        self._check_invoicing()
        rows = self._lock()
        invoices = self.env["keeping.exact.invoice"]
        keys = ("administration_id", "partner_id", "currency_id")
        for key, group in rows.grouped(lambda row: tuple(row[name] for name in keys)).items():
            days = group.mapped("date")
            invoice = invoices.sudo().create(
                {
                    **{name: record.id for name, record in zip(keys, key, strict=True)},
                    "date_from": min(days),
                    "date_to": max(days),
                }
            )
            invoice._settle(group)
            invoices |= invoice
        return self.env["keeping.exact.invoice.create"]._show(invoices.sudo(False))

    def action_waive(self):
        """Ask why these differences are left alone."""
        self._check_invoicing()
        wizard = self.env["keeping.exact.waive"].create({"hour_ids": self.hour_id.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do not settle"),
            "res_model": "keeping.exact.waive",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    # ------------------------------------------------------------------ business

    def _check_invoicing(self):
        self.check_access("read")
        check_invoicing(self.env)
        self.company_id._check_keeping_exact_enabled()

    def _lock(self):
        """Serialise with whoever settles or corrects the same hours, and look again.

        :return: the same rows, as superuser
        :raise UserError: some are settled by now
        """
        self._touch_hours()
        rows = self.sudo().search([("id", "in", self.ids)])
        if len(rows) != len(self):
            raise UserError(self.env._("Some of these differences are settled by now. Look again."))
        return rows

    def _touch_hours(self):
        """Serialise with whoever settles or corrects the same hours (:func:`locks.touch`)."""
        self.env.flush_all()
        locks.touch(self.env, "keeping_exact_hour", "live", locks.these(self.ids))
        self.invalidate_model()

    @api.model
    def _find_for(self, invoices, projects=None):
        """Return what is still to settle with the customers of drafts, in their currency.

        :param invoices: keeping.exact.invoice
        :param projects: project.project of which alone, or None
        """
        domain = [
            ("administration_id", "in", invoices.administration_id.ids),
            ("partner_id", "in", invoices.partner_id.ids),
        ]
        if projects:
            domain.append(("project_id", "in", projects.ids))
        return self.search(domain)
