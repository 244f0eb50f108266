from odoo import api, models

from ..tools.guards import check_administrator


class KeepingExactConnectionPages(models.Model):
    """Which page opens: the landing page is the form of a connection that is not made yet."""

    _inherit = "keeping.exact.connection"

    @api.model
    def action_open_integrations(self):
        """Open the landing page while nothing is connected, the overview from then on."""
        check_administrator(self, also_off=True)
        self._forget_first_visit()
        domain = [("company_id", "=", self.env.company.id)]
        connections = self.search(domain, order="id desc")
        if connections.filtered(lambda c: c.state in ("connected", "attention")):
            return self.env["ir.actions.act_window"]._for_xml_id(
                "keeping_exact_connector.keeping_exact_administration_action"
            )
        return connections[:1]._open_form()

    def _forget_first_visit(self):
        """Odoo opens this page by itself after the installation: once, and not after a visit."""
        todo_sudo = self.sudo().env.ref(
            "keeping_exact_connector.todo_connect", raise_if_not_found=False
        )
        if todo_sudo and todo_sudo.state == "open":
            todo_sudo.state = "done"

    def _open_form(self):
        """Return the action that shows this connection, or a new one for an empty recordset."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "keeping_exact_connector.keeping_exact_connection_action"
        )
        context = {"default_company_id": self.env.company.id}
        return {**action, "views": [(False, "form")], "res_id": self.id, "context": context}
