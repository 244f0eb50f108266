from . import (
    keeping_exact_disconnect,
    keeping_exact_invoice_create,
    keeping_exact_invoice_create_period,
    keeping_exact_use_connection,
)
