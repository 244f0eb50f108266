import random
import secrets
import time
from collections import defaultdict
from datetime import timedelta
from functools import partial

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import config

from ..sending.alarm import wake_jobs_at
from ..sending.runner import Runner
from ..tools import messages

# Seconds. A call to Exact may take its whole read time-out (a minute) and some more.
LONGEST_CALL = 75
SHORTEST_RUN = 20
LONGEST_RUN = 600

KINDS = [
    ("customer", "Customer"),
    ("item", "Item"),
    ("invoice", "Invoice"),
    ("process", "Processing"),
    ("document", "Document"),
    ("attachment", "File of a document"),
    ("document_link", "Link to a document"),
    ("line_change", "Change of a line"),
    ("credit_note", "Credit note"),
]
SENDABLE_MODELS = [
    ("keeping.exact.customer", "Customer"),
    ("keeping.exact.item", "Item"),
    ("keeping.exact.invoice", "Invoice"),
    ("keeping.exact.processing", "Processing"),
    ("keeping.exact.document", "Document"),
    ("keeping.exact.document.attachment", "File of a document"),
    ("keeping.exact.document.link", "Link to a document"),
    ("keeping.exact.line.change", "Change of a line"),
    ("keeping.exact.credit", "Credit note"),
]


class KeepingExactOperation(models.Model):
    """One thing we ask Exact to do that must not happen twice.

    planned → claimed → done | refused | uncertain, or planned again when nothing was sent;
    planned → done (it was there) | refused | cancelled; uncertain → done | planned (only when its
    absence in Exact is proved). See ``sending/sender.py`` for who moves it when.
    """

    _name = "keeping.exact.operation"
    _description = "Exact Online Operation"
    _order = "id"

    administration_id = fields.Many2one(
        "keeping.exact.administration", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="administration_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True)
    record = fields.Reference(SENDABLE_MODELS, required=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("claimed", "Claimed"),
            ("done", "Done"),
            ("refused", "Refused"),
            ("uncertain", "Uncertain"),
            ("cancelled", "Cancelled"),
        ],
        default="planned",
        required=True,
    )
    claimed_at = fields.Datetime(help="When the POST was about to be sent")
    due_at = fields.Datetime(help="Not before; empty is at once")
    held = fields.Boolean(help="Held back by a person, as long as it is planned")
    attempts = fields.Integer(help="Times it was claimed")
    unreached = fields.Integer(help="Times in a row that Exact could not be reached")
    look_ups = fields.Integer(help="Times it was looked up since it was claimed")
    first_claimed_at = fields.Datetime()
    recheck_at = fields.Datetime(
        help="It was sent again after its absence was proved: look once more whether Exact did "
        "finish the first one after all."
    )

    # The queue of one administration, in order; the table also keeps what is done.
    _work_queue = models.Index(
        "(administration_id, id) WHERE state IN ('planned', 'claimed', 'uncertain')"
    )
    _recheck_queue = models.Index("(recheck_at) WHERE recheck_at IS NOT NULL")
    _one_open_per_record = models.UniqueIndex(
        "(record) WHERE state IN ('planned', 'claimed', 'uncertain')",
        "This is being sent to Exact Online already.",
    )

    # ------------------------------------------------------------------ business

    @api.model
    def _make_nonce(self):
        return secrets.token_urlsafe(24)

    @api.model
    def _explain(self, error):
        """Return what an error of the client means, for the person who is waiting."""
        code, text = messages.code_of(error), messages.text_of(error)
        message = messages.explain(self.env, code, text)
        return "\n".join(filter(None, (message.text, message.remedy)))

    @api.model
    def _plan(self, records):
        """Plan to make records in Exact, in this order; the sender does it after the commit.

        :param records: sendable records of one model
        """
        self.create(
            [
                {
                    "administration_id": record.administration_id.id,
                    "kind": record._exact_kind,
                    "record": f"{record._name},{record.id}",
                }
                for record in records
            ]
        )

    @api.model
    def _get_open(self, records):
        """Return the operations of records that are neither done nor given up."""
        return self.search(
            [
                ("record", "in", [f"{record._name},{record.id}" for record in records]),
                ("state", "in", ("planned", "claimed", "uncertain")),
            ]
        )

    @api.model
    def _resume(self, connections):
        """Go on at once with what waited for these connections."""
        administrations = self.env["keeping.exact.administration"]
        self._resume_administrations(
            administrations.search([("connection_id", "in", connections.ids)])
        )

    @api.model
    def _resume_administrations(self, administrations):
        """Go on at once with what waited for these administrations."""
        domain = [("administration_id", "in", administrations.ids)]
        waiting = self.search([*domain, ("state", "in", ("planned", "uncertain"))])
        waiting.due_at = False
        self._wake_sender()

    @api.model
    def _wake_sender(self):
        """Have the send job start as soon as this transaction is committed."""
        self.env.ref("keeping_exact_connector.ir_cron_send").sudo()._trigger()

    # ------------------------------------------------------------------ cron

    @api.model
    def _cron_send(self):
        """Send what is due, administrations side by side, and plan the next time."""
        self.env.flush_all()
        runner = Runner(self.env.registry, self._get_deadline())
        in_time = runner.run()
        cron = self.env.ref("keeping_exact_connector.ir_cron_send")
        if runner.failed:
            cron._trigger(at=fields.Datetime.now() + timedelta(minutes=1))
        self._plan_next_run()
        if not in_time:
            # Time was up before the work: go on at once, in a run with a limit of its own.
            self._wake_sender()

    @api.model
    def _get_deadline(self):
        """Return until when (monotonic seconds) a call may begin in this run.

        Odoo kills a job at its time limit, and a call to Exact lasts up to a minute: one that is
        cut off in the middle would have to be looked up.
        """
        limit = config["limit_time_real_cron"]
        if limit is None or limit < 0:
            limit = config["limit_time_real"]
        seconds = max(limit - LONGEST_CALL, SHORTEST_RUN) if limit else LONGEST_RUN
        return time.monotonic() + min(seconds, LONGEST_RUN)

    @api.model
    def _get_work(self):
        """Return what is due now, by id of the administration.

        The values tell one lot of work from another: they change when more comes in or is due.
        """
        self.env.cr.execute(
            """
            SELECT administration_id, max(id), max(due_at), max(recheck_at)
              FROM keeping_exact_operation
             WHERE (state IN ('planned', 'claimed', 'uncertain')
                    AND NOT (state = 'planned' AND held IS TRUE)
                    AND (due_at IS NULL OR due_at <= %(now)s))
                OR recheck_at <= %(now)s
             GROUP BY administration_id
             UNION ALL
            SELECT administration_id, max(id), max(reread_at), NULL
              FROM keeping_exact_invoice
             WHERE reread_at <= %(now)s
             GROUP BY administration_id
            """,
            {"now": fields.Datetime.now()},
        )
        found = defaultdict(tuple)
        for administration_id, *due in self.env.cr.fetchall():
            found[administration_id] += tuple(due)
        # An organisation that is switched off waits; switching it on wakes this job.
        administrations = self.env["keeping.exact.administration"].browse(list(found))
        ready = administrations.filtered(
            lambda a: not a.company_id._get_keeping_exact_refusal()
        ).ids
        # By turns: a run has a limit, and one with much to do must not always go first.
        random.shuffle(ready)
        return {administration_id: found[administration_id] for administration_id in ready}

    @api.model
    def _plan_next_run(self):
        # The work was done in other cursors: what this one has seen is old.
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute(
                """
                SELECT min(moment) FROM (
                    SELECT min(due_at) AS moment FROM keeping_exact_operation
                     WHERE state IN ('planned', 'claimed', 'uncertain') AND due_at > %(now)s
                     UNION ALL
                    SELECT min(reread_at) FROM keeping_exact_invoice WHERE reread_at > %(now)s
                ) AS coming
                """,
                {"now": fields.Datetime.now()},
            )
            # What is due and was not done waits for something that has a moment of its own.
            due_at = cr.fetchone()[0]
            if due_at:
                env.ref("keeping_exact_connector.ir_cron_send")._trigger(at=due_at)
                cr.postcommit.add(partial(wake_jobs_at, cr.dbname, due_at))
