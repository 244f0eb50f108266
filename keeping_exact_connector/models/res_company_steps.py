from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.guards import ADMINISTRATOR, INVOICING, check_administrator

USER = "keeping_exact_connector.group_user"
STEPS = ("connect", "link", "check", "invoice")


class ResCompanySteps(models.Model):
    """The four steps of a new organisation: connect, link, check, first invoice.

    Odoo's own module ``onboarding`` keeps what was done in tables of its own. Here it is read
    from what is there, so that it is true whichever way it came about.
    """

    _inherit = "res.company"

    keeping_exact_steps_hidden = fields.Boolean(
        groups=ADMINISTRATOR, export_string_translation=False
    )

    # ------------------------------------------------------------------ actions

    @api.readonly
    def get_keeping_exact_steps(self):
        """Return what the panel of steps shows, to those who use this add-on.

        :return: dict with ``steps``, a list of dicts (name, title, text, state, button), and
            ``may_hide``; without steps when the first invoice was made or the panel was dismissed
        """
        self._check_may_see_steps()
        company_sudo = self.sudo()
        done = company_sudo._get_keeping_exact_steps_done()
        if company_sudo.keeping_exact_steps_hidden or all(done.values()):
            return {"steps": [], "may_hide": False}
        todo = next(name for name in STEPS if not done[name])
        texts = self._get_keeping_exact_step_texts()
        steps = []
        for name in STEPS:
            title, text, button = texts[name]
            state = "done" if done[name] else "next" if name == todo else "later"
            may = self.env.user.has_group(INVOICING if name == "invoice" else ADMINISTRATOR)
            steps.append(
                {
                    "name": name,
                    "title": title,
                    "text": text,
                    "state": state,
                    "button": button if may and state == "next" else False,
                }
            )
        return {"steps": steps, "may_hide": self.env.user.has_group(ADMINISTRATOR)}

    def action_keeping_exact_step(self, name):
        """Take a step, or go to where it is taken.

        :param str name: one of STEPS
        :raise UserError: Exact could not be asked for the checks
        """
        self._check_may_see_steps()
        administrations = self.env["keeping.exact.administration"].search(
            [("company_id", "=", self.id), ("state", "=", "linked")], limit=1
        )
        if name == "invoice" and administrations:
            return administrations.action_create_invoice()
        if name == "check" and administrations:
            administrations.action_check()
            return {
                "type": "ir.actions.act_window",
                "res_model": administrations._name,
                "res_id": administrations.id,
                "views": [(False, "form")],
            }
        Connection = self.env["keeping.exact.connection"].with_company(self)
        if name == "link":
            connected = [("company_id", "=", self.id), ("state", "=", "connected")]
            return Connection.search(connected, limit=1)._open_form()
        return Connection.action_open_integrations()

    def action_keeping_exact_hide_steps(self):
        """Show the steps of this organisation to nobody any more."""
        self._check_may_see_steps()
        check_administrator(self.env["keeping.exact.connection"], also_off=True)
        self.sudo().keeping_exact_steps_hidden = True

    # ------------------------------------------------------------------ business

    def _check_may_see_steps(self):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group(USER) or self not in self.env.user.company_ids:
            raise AccessError(self.env._("Only users of Exact Online may see this."))

    def _get_keeping_exact_steps_done(self):
        """Return dict name of a step -> whether it was taken, from what is there."""
        connections = self.keeping_exact_connection_ids
        linked = self.env["keeping.exact.administration"].search(
            [("company_id", "=", self.id), ("state", "=", "linked")]
        )
        invoices = self.env["keeping.exact.invoice"].search_count(
            [("company_id", "=", self.id), ("guid", "!=", False)], limit=1
        )
        return {
            "connect": any(c.state in ("connected", "attention") for c in connections),
            "link": bool(linked),
            "check": any(administration._is_checked() for administration in linked),
            "invoice": bool(invoices),
        }

    def _get_keeping_exact_step_texts(self):
        """Return dict name of a step -> title, explanation, text of its button."""
        return {
            "connect": (
                self.env._("Connect"),
                self.env._("Log in at Exact Online and allow access."),
                self.env._("Start connecting"),
            ),
            "link": (
                self.env._("Link"),
                self.env._("Choose the administration in which you invoice."),
                self.env._("Choose"),
            ),
            "check": (
                self.env._("Check"),
                self.env._("See whether Exact Online has all that invoicing needs."),
                self.env._("Check"),
            ),
            "invoice": (
                self.env._("First invoice"),
                self.env._("Choose hours and make an invoice of them."),
                self.env._("New invoice"),
            ),
        }
