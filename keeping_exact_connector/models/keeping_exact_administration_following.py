import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import split_every

from .. import exact_online
from ..tools.locks import CONFLICTS
from .keeping_exact_invoice import IN_EXACT

_logger = logging.getLogger(__name__)

DELETIONS = "sync/Deleted"
# EntityType of sales invoices there (API reference, chapter 4.19).
SALES_INVOICES = 13
# As long as Exact keeps its list of deletions, about two months, so long they are news here.
NEWS = timedelta(days=61)


class KeepingExactAdministrationFollowing(models.Model):
    """Follows invoices after they were made, along with the daily reading of the lists.

    One call for the deletions since the last one, and one for each 40 invoices that are open:
    what is processed does not change any more in Exact, but by a credit note.
    """

    _inherit = "keeping.exact.administration"

    # Timestamps of Exact are 64 bits, more than an Integer column holds.
    deleted_timestamp = fields.Char(
        default="1", readonly=True, copy=False, export_string_translation=False
    )
    gone_count = fields.Integer(
        string="Gone in Exact",
        compute="_compute_gone_count",
        help="Deleted in Exact Online in the last two months, or no longer shown there.",
    )

    # ------------------------------------------------------------------ compute

    @api.depends("invoice_ids.state", "invoice_ids.unseen_at")
    @api.depends_context("uid")
    def _compute_gone_count(self):
        groups = self.env["keeping.exact.invoice"]._read_group(
            self._domain_of_gone(), ["administration_id"], ["__count"]
        )
        counts = {administration.id: count for administration, count in groups}
        for administration in self:
            administration.gone_count = counts.get(administration.id, 0)

    def _domain_of_gone(self):
        unseen = fields.Domain("unseen_at", "!=", False) & fields.Domain("state", "in", IN_EXACT)
        removed = fields.Domain("state", "=", "removed") & fields.Domain(
            "removed_at", ">=", fields.Datetime.now() - NEWS
        )
        return fields.Domain("administration_id", "in", self.ids) & (unseen | removed)

    # ------------------------------------------------------------------ actions

    def action_open_gone(self):
        """Show the invoices that Exact has deleted lately, or no longer shows."""
        self.ensure_one()
        action = self._open("keeping_exact_invoice_action")
        return {
            **action,
            "name": self.env._("Gone in Exact"),
            "domain": list(self._domain_of_gone()),
        }

    # ------------------------------------------------------------------ deletions

    def _get_deletions(self, client, since):
        """Return the pages of deleted sales invoices, oldest first (reference, chapter 4.19).

        :param client: an exact_online.Client of this administration
        :param int since: highest Timestamp that is known already; 1 for all that Exact keeps
        """
        where = exact_online.all_of(
            exact_online.gt("Timestamp", exact_online.Int64(since)),
            exact_online.eq("EntityType", SALES_INVOICES),
        )
        select = ["Timestamp", "EntityKey", "DeletedDate"]
        return client.pages(DELETIONS, select=select, where=where)

    def _read_kept_deletions(self, client):
        """Return all rows of deleted sales invoices that Exact keeps; none when it refuses."""
        try:
            return [row for rows in self._get_deletions(client, 1) for row in rows]
        except (exact_online.NoRight, exact_online.Refused) as error:
            _logger.info("Administration %s: deletions not read: %s", self.code, error)
            return []

    def _note_deletions(self, rows):
        """Take in a page of deletions.

        :return: whether to go on: what is being worked at just now is read once more next time
        """
        reached = {row["EntityKey"]: int(row["Timestamp"]) for row in rows}
        links = self.env["keeping.exact.invoice"]._search_by_guid(self, list(reached))
        busy = links._get_busy()
        (links - busy)._note_removed("deleted_there")
        last = max(reached.values())
        if busy:
            last = min(reached[guid] for guid in busy.mapped("guid")) - 1
        self.deleted_timestamp = str(last)
        return not busy

    # ------------------------------------------------------------------ cron

    def _sync(self, facts):
        result = super()._sync(facts)
        self._follow_invoices()
        return result

    def _follow_invoices(self):
        """Read what became of invoices; a refusal stops nothing, the checks name its cause."""
        if not self._has_followed():
            return
        with self._get_client() as client:
            for read in self._get_followings():
                try:
                    read(client)
                except (exact_online.NoRight, exact_online.Refused) as error:
                    _logger.info("Administration %s: invoices not followed: %s", self.code, error)

    def _has_followed(self):
        """Tell whether anything in Exact is followed."""
        in_exact = [("administration_id", "=", self.id), ("state", "in", IN_EXACT)]
        return bool(self.env["keeping.exact.invoice"].search_count(in_exact, limit=1))

    def _get_followings(self):
        """Return what reads, each given a client, in order."""
        return [self._read_deletions, self._read_open]

    def _read_deletions(self, client):
        since = int(self.deleted_timestamp or 1)
        # A call may take a minute, and nothing is to be unsaved or locked meanwhile.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        for rows in self._get_deletions(client, since):
            if rows and not self._keep_following(lambda rows=rows: self._note_deletions(rows)):
                return

    def _read_open(self, client):
        domain = [
            ("administration_id", "=", self.id),
            ("state", "=", "open"),
            ("guid", "!=", False),
        ]
        for ids in split_every(
            exact_online.GUIDS_AT_ONCE, self.env["keeping.exact.invoice"].search(domain).ids
        ):
            invoices = self.env["keeping.exact.invoice"].browse(ids).exists()
            found = invoices._read_together(client)
            self._keep_following(lambda some=invoices, found=found: some._note_read(*found))

    def _keep_following(self, keep):
        """Commit what was read. Where somebody else is at the same rows the next reading does it.

        :return: what *keep* returns, False when it was not kept
        """
        # With a view of the database from after the call.
        self.env.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        try:
            result = keep()
            self.env.flush_all()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except CONFLICTS:
            self.env.cr.rollback()
            self.env.invalidate_all()
            return False
        return result
