from odoo import models
from odoo.exceptions import UserError

MODULE = "keeping_exact_connector"
#: In the context: a person saw in the dialog what uninstalling does, and said yes.
CONFIRMED = "keeping_exact_uninstall_confirmed"


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def button_uninstall(self):
        if self._ends_keeping_exact():
            self._check_exact_links_kept()
        return super().button_uninstall()

    def _ends_keeping_exact(self):
        return MODULE in (self + self.downstream_dependencies()).mapped("name")

    def _check_exact_links_kept(self):
        """Refuse to forget which hours are billed: they would all be billed again.

        :raise UserError: says what to do first
        """
        reason = self._explain_exact_links_at_stake()
        if reason:
            raise UserError(reason)
        Export = self.env["keeping.exact.export"].sudo()
        if Export._get_at_stake() and not self.env.context.get(CONFIRMED):
            raise UserError(
                self.env._(
                    "There is a file of the Exact invoice links. Confirm in the dialog of Apps > "
                    "Uninstall that you keep it: without this module nobody knows which hours are "
                    "billed."
                )
            )

    def _explain_exact_links_at_stake(self):
        """Return what stands in the way of uninstalling, or nothing.

        Odoo uninstalls for all organisations at once, so all of them count.
        """
        Export = self.env["keeping.exact.export"].sudo()
        companies = Export._get_at_stake()
        parts = []
        for company in companies:
            links, _hours, left_out = Export._count(company)
            if left_out:
                parts.append(
                    self.env._(
                        "%(company)s: links that hold billed hours and cannot be exported, as they "
                        "are not in Exact Online or on their way there: %(count)s. Send them and "
                        "wait, or give them up.",
                        company=company.name,
                        count=left_out,
                    )
                )
            elif not Export._is_kept(company):
                parts.append(
                    self.env._(
                        "%(company)s: Exact invoice links that hold billed hours: %(count)s. They "
                        "were not exported since they changed last. Export them first, under "
                        "Timesheets > Integrations > Move or keep links, or release them.",
                        company=company.name,
                        count=links,
                    )
                )
        if parts:
            parts.append(
                self.env._("Without this module nobody would know that these hours are billed.")
            )
        return "\n\n".join(parts)
