from odoo import fields, models

UNDER_WAY = ("waiting", "sending", "uncertain")


class KeepingExactInvoiceStep(models.AbstractModel):
    """Something that is done in Exact for an invoice that is there already.

    Whoever inherits it has a ``state`` with waiting, sending, uncertain, failed, done and
    cancelled, in words of its own.
    """

    _name = "keeping.exact.invoice.step"
    _description = "Step of an Invoice in Exact Online"
    _inherit = ["keeping.exact.sendable"]

    guid = fields.Char(string="Exact ID", readonly=True)

    # ------------------------------------------------------------------ CRUD

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._get_invoice()._tell_change()
        return result

    # ------------------------------------------------------------------ business

    def _get_invoice(self):
        """Return the invoice that this is a step of."""
        raise NotImplementedError

    def _exact_reference(self):
        return self._get_invoice().name

    def _exact_claimed(self):
        self.write({"state": "sending", "error_code": False, "retry_at": False})

    def _be_done(self, vals):
        """It is done in Exact; nothing that was said before holds any more.

        :param dict vals: what is written with it
        """
        done = {"state": "done", "error_code": False, "error_text": False, "retry_at": False}
        self.write({**done, **vals})

    def _exact_refused(self, code, text):
        self.env["keeping.exact.operation"]._get_open(self).state = "refused"
        self.state = "failed"
        return super()._exact_refused(code, text)

    def _exact_waiting(self, code, text, until):
        self.state = "waiting"
        return super()._exact_waiting(code, text, until)

    def _exact_uncertain(self, code, until):
        self.state = "uncertain"
        return super()._exact_uncertain(code, until)

    def _drop(self):
        """What it is done for is gone from Exact: it is neither sent nor looked up any more."""
        open_steps = self.filtered(lambda step: step.state in ("waiting", "uncertain"))
        self.env["keeping.exact.operation"]._get_open(open_steps).state = "cancelled"
        open_steps.write({"state": "cancelled", "retry_at": False})

    def _cancel(self):
        """Give up what was not sent yet."""
        waiting = self.filtered(lambda step: step.state == "waiting")
        self.env["keeping.exact.operation"]._get_open(waiting).state = "cancelled"
        waiting.write({"state": "cancelled", "retry_at": False})
