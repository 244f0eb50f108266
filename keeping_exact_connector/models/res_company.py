from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.guards import ADMINISTRATOR


class ResCompany(models.Model):
    _inherit = "res.company"

    keeping_exact_connection_ids = fields.One2many(
        "keeping.exact.connection",
        "company_id",
        string="Exact Online connections",
        groups=ADMINISTRATOR,
        export_string_translation=False,
    )
    # On by default: nothing is connected then, which is as good as off and costs no click.
    keeping_exact_enabled = fields.Boolean(
        string="Exact Online",
        default=True,
        groups=ADMINISTRATOR,
        help="Off: nothing is read from or sent to Exact Online for this organisation. "
        "Connections, invoices and hours stay as they are, and what waits goes on when it is on "
        "again.",
    )

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        if "keeping_exact_enabled" not in vals:
            return super().write(vals)
        wanted = bool(vals["keeping_exact_enabled"])
        switched = self.filtered(lambda c: c.sudo().keeping_exact_enabled != wanted)
        result = super().write(vals)
        switched.sudo()._keeping_exact_switched(wanted)
        return result

    # ------------------------------------------------------------------ business

    def _get_keeping_exact_refusal(self):
        """Say why this organisation may not use Exact Online, or return False when it may.

        All entry points ask this: buttons, the way back from consent, wizards, jobs, over RPC
        too. Whoever gates the integration in another way, by a subscription for example,
        overrides this one method, calls ``super()`` and returns one sentence of their own. When
        their reason ends, ``_keeping_exact_switched(True)`` wakes what waited.

        :return: a sentence for the person at the button, or False
        """
        self.ensure_one()
        if self.sudo().keeping_exact_enabled:
            return False
        return self.env._(
            "The integration with Exact Online is switched off for %s. An Exact Online "
            "administrator can switch it on at Timesheets > Integrations > Exact Online.",
            self.sudo().name,
        )

    def _check_keeping_exact_enabled(self):
        """Refuse when one of these organisations may not use Exact Online.

        :raise UserError: says why, in one sentence
        """
        for company in self:
            refusal = company._get_keeping_exact_refusal()
            if refusal:
                raise UserError(refusal)

    def _keeping_exact_switched(self, on):
        """Note on the connections who switched, and go on with what waited.

        :param bool on: whether it was switched on
        """
        text = (
            self.env._("Switched on for this organisation.")
            if on
            else self.env._("Switched off for this organisation; what waits goes on later.")
        )
        connections = self.keeping_exact_connection_ids
        connections._message_log_batch(bodies=dict.fromkeys(connections.ids, text))
        if on and self:
            self.env["keeping.exact.operation"]._wake_sender()
            self.env.ref("keeping_exact_connector.ir_cron_sync")._trigger()
