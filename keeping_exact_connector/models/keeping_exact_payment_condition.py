from odoo import fields, models


class KeepingExactPaymentCondition(models.Model):
    _name = "keeping.exact.payment.condition"
    _description = "Exact Online Payment Condition"
    _inherit = ["keeping.exact.typed"]

    _unread_field = "payment_conditions_unread"
    _exact_endpoint = "cashflow/PaymentConditions"
    _exact_fields = {"Code": "code", "Description": "name", "PaymentDays": "payment_days"}

    payment_days = fields.Integer(readonly=True)

    _administration_guid_unique = models.Constraint(
        "UNIQUE (administration_id, guid)", "A payment condition of Exact is kept once."
    )
