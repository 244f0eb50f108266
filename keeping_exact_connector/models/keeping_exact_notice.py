from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.guards import INVOICING
from .keeping_exact_administration_sending import PAUSE
from .keeping_exact_invoice import UNDER_WAY

GROUP = "keeping_exact_connector.group_"
NAMES = 3


class KeepingExactNotice(models.AbstractModel):
    """What is the matter with Exact Online, for the banner above what people work in.

    Everybody with the add-on's groups is told that something is the matter, since when and what
    waits. Why, and where to mend it, is for administrators: it may name other databases, the Exact
    user or a customer.
    """

    _name = "keeping.exact.notice"
    _description = "Exact Online Notice"

    # ------------------------------------------------------------------ business

    @api.model
    @api.readonly
    def get_notices(self):
        """Return what the user has to know of the organisations that they are working in.

        :return: list of dicts: ``id``, ``level`` (danger, warning or info), ``title``, ``reason``,
            ``since`` (UTC text or False), ``waiting`` (a sentence or ""), ``company`` (name, when
            working in several) and, for administrators, ``model`` and ``record_id`` to open; of
            the user's own runs also ``progress``, a percentage
        """
        if not self.env.user.has_group(f"{GROUP}user"):
            return []
        found = [*self._get_connection_notices(), *self._get_pause_notices()]
        counts = self._count_waiting() if found else {}
        notices = [self._make_notice(counts, *notice) for notice in found]
        return [*notices, *map(self._make_run_notice, self._get_runs())]

    def _get_companies(self):
        return [("company_id", "in", self.env.companies.ids)]

    def _get_connection_notices(self):
        """Return tuples for :meth:`_make_notice`, of connections that do not work."""
        connections = self.env["keeping.exact.connection"].sudo().search(self._get_companies())
        copied = self.env["keeping.exact.grant"].sudo()._get_of_other_database().connection_ids
        notices = []
        for connection in connections:
            kind = self._get_kind(connection, copied)
            if kind:
                notices.append((kind, connection, connection.administration_ids))
        return notices

    def _get_kind(self, connection, copied):
        if connection in copied:
            return "copied"
        if connection.state == "attention":
            return "attention"
        if connection.state == "disconnected":
            in_use = any(a.state == "linked" for a in connection.administration_ids)
            return "disconnected" if in_use else None
        return "expiring" if connection.health_code == "expires_soon" else None

    def _get_pause_notices(self):
        paused = self._get_companies() + [("paused_until", ">", fields.Datetime.now())]
        administrations = self.env["keeping.exact.administration"].sudo().search(paused)
        return [("paused", administration, administration) for administration in administrations]

    def _make_notice(self, counts, kind, record, administrations):
        """Return one notice as the banner shows it.

        :param dict counts: invoices that wait, by id of the administration
        :param str kind: what is the matter
        :param record: the connection or administration, as superuser
        :param administrations: whose invoices wait for it
        """
        may_mend = self._may_mend(record)
        return {
            "id": f"{record._name},{record.id}",
            "level": "warning" if kind in ("paused", "expiring") else "danger",
            "title": self._get_title(kind, record),
            "reason": self._get_reason(kind, record, may_mend),
            "since": fields.Datetime.to_string(self._get_since(kind, record)),
            "waiting": self._get_waiting(sum(counts.get(a.id, 0) for a in administrations)),
            "company": record.company_id.name if len(self.env.companies) > 1 else "",
            "model": record._name if may_mend else False,
            "record_id": record.id if may_mend else False,
        }

    def _get_runs(self):
        """Return the user's own runs that are not settled."""
        if not self.env.user.has_group(INVOICING):
            return []
        mine = [*self._get_companies(), ("create_uid", "=", self.env.uid)]
        busy = [("state", "in", ("running", "paused"))]
        return self.env["keeping.exact.run"].search(mine + busy, limit=NAMES)

    def _make_run_notice(self, run):
        done = run.total_count - run.waiting_count
        told = {"done": done, "total": run.total_count}
        title = (
            self.env._("Paused: %(done)s of %(total)s invoices are done.", **told)
            if run.state == "paused"
            else self.env._("%(done)s of %(total)s invoices are done.", **told)
        )
        return {
            "id": f"{run._name},{run.id}",
            "level": "warning" if run.state == "paused" else "info",
            "title": title,
            "reason": self.env._("%s were refused.", run.failed_count) if run.failed_count else "",
            "since": False,
            "waiting": "",
            "company": run.company_id.name if len(self.env.companies) > 1 else "",
            "model": run._name,
            "record_id": run.id,
            "progress": run.progress,
        }

    def _may_mend(self, record):
        mine = record.with_env(self.env)
        return self.env.user.has_group(f"{GROUP}administrator") and mine.has_access("write")

    def _get_since(self, kind, record):
        if kind == "paused":
            return record.paused_until - PAUSE
        return record.state_since if kind in ("attention", "disconnected") else False

    # ------------------------------------------------------------------ texts

    def _get_title(self, kind, record):
        if kind == "copied":
            return self.env._("This database is a copy, or was moved: Exact Online is not called.")
        if kind == "disconnected":
            return self.env._("Exact Online is disconnected.")
        if kind == "paused":
            return self.env._("Sending to %s is paused.", record.display_name)
        if kind == "expiring":
            day = format_date(self.env, record.refresh_expires_at.date())
            return self.env._("The connection with Exact Online ends on %s.", day)
        return self.env._("The connection with Exact Online needs attention.")

    def _get_reason(self, kind, record, may_mend):
        if not may_mend:
            names = self._get_administrator_names(record)
            return self.env._("Ask %s to mend it.", names) if names else ""
        mine = record.with_context(lang=self.env.lang)
        if kind == "paused":
            return mine.pause_message or ""
        if kind == "copied":
            return self.env._("Open the connection and say which database is the real one.")
        if kind == "disconnected" and not record.health_code:
            return self.env._("Nothing is sent until you connect again.")
        return mine.health_message or ""

    def _get_administrator_names(self, record):
        connection = record if record._name == "keeping.exact.connection" else record.connection_id
        return ", ".join(connection._get_administrators()[:NAMES].mapped("name"))

    def _count_waiting(self):
        """Return how many invoices wait, by administration; of those that the user may see."""
        Invoice = self.env["keeping.exact.invoice"]
        if self.env.user.has_group(f"{GROUP}administrator"):
            # Numbers only: an administrator need not be one who sees the invoices themselves.
            Invoice = Invoice.sudo()
        groups = Invoice._read_group(
            [*self._get_companies(), ("state", "in", UNDER_WAY)],
            ["administration_id"],
            ["__count"],
        )
        return {administration.id: count for administration, count in groups}

    def _get_waiting(self, count):
        if not count:
            return ""
        if count == 1:
            return self.env._("One invoice waits, and goes on by itself afterwards.")
        return self.env._("%s invoices wait, and go on by themselves afterwards.", count)
