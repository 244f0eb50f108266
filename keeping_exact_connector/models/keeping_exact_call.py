from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.sites import SITE_SELECTION

KEPT = timedelta(days=30)
# Rows to delete in one go: the vacuum comes back while there are more.
BATCH = 20_000


class KeepingExactCall(models.Model):
    """One HTTP call to Exact: when, where to, how long and how it ended.

    No bodies, no queries, no headers: those hold personal data and secrets. Written by
    ``tools/call_log.py`` only, in cursors of its own.
    """

    _name = "keeping.exact.call"
    _description = "Exact Online Call"
    _order = "id desc"
    _rec_name = "endpoint"
    _log_access = False

    called_at = fields.Datetime(string="Time", required=True, readonly=True, index=True)
    site = fields.Selection(SITE_SELECTION, string="Exact Online of", readonly=True)
    company_id = fields.Many2one(
        "res.company", string="Organisation", readonly=True, ondelete="cascade"
    )
    connection_id = fields.Many2one("keeping.exact.connection", readonly=True, ondelete="set null")
    administration_id = fields.Many2one(
        "keeping.exact.administration", readonly=True, ondelete="set null"
    )
    method = fields.Char(readonly=True)
    path = fields.Char(readonly=True, help="Without the query: filters hold personal data")
    endpoint = fields.Char(readonly=True)
    status = fields.Integer(readonly=True, aggregator=None, help="0 when no answer came")
    duration = fields.Integer(string="Duration (ms)", readonly=True, aggregator="avg")
    budget_known = fields.Boolean(readonly=True, export_string_translation=False)
    minute_remaining = fields.Integer(string="Left (minute)", readonly=True, aggregator="min")
    day_remaining = fields.Integer(string="Left (day)", readonly=True, aggregator="min")
    outcome = fields.Selection(
        [
            ("ok", "Done"),
            ("Refused", "Refused"),
            ("NoRight", "No right"),
            ("NotConnected", "Not connected"),
            ("LimitReached", "Limit reached"),
            ("Unreachable", "Unreachable"),
            ("UnknownOutcome", "Outcome unknown"),
            ("UnexpectedAnswer", "Not understood"),
            ("interrupted", "Interrupted"),
        ],
        readonly=True,
    )
    reference = fields.Char(string="Our reference", readonly=True)

    # The last contact is the end of these; they also serve the foreign keys.
    _of_administration = models.Index(
        "(administration_id, called_at) WHERE administration_id IS NOT NULL"
    )
    _of_connection = models.Index("(connection_id, called_at) WHERE connection_id IS NOT NULL")

    @api.model
    def _get_last_answers(self, column, ids):
        """Return when Exact last answered, a dict of id and UTC moment; who is not in it: never.

        :param str column: ``administration_id`` or ``connection_id``
        :param list ids: of those records
        """
        name = SQL.identifier(column)
        self.env.cr.execute(
            SQL(
                """
                SELECT asked.id, answered.called_at
                  FROM unnest(%s) AS asked (id)
                  JOIN LATERAL (
                       SELECT called_at FROM keeping_exact_call
                        WHERE %s = asked.id AND status > 0
                        ORDER BY called_at DESC LIMIT 1) AS answered ON TRUE
                """,
                list(ids),
                name,
            )
        )
        return dict(self.env.cr.fetchall())

    @api.autovacuum
    def _gc_calls(self):
        """Delete what is older than 30 days, so many at a time.

        :return: number of rows deleted, and whether there are more
        """
        self.env.cr.execute(
            """
            DELETE FROM keeping_exact_call
             WHERE id IN (SELECT id FROM keeping_exact_call WHERE called_at < %s
                           ORDER BY called_at LIMIT %s)
            """,
            (fields.Datetime.now() - KEPT, BATCH),
        )
        deleted = self.env.cr.rowcount
        return deleted, deleted == BATCH
