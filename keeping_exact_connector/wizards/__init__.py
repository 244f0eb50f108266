from . import (
    base_partner_merge,
    keeping_exact_disconnect,
    keeping_exact_invoice_create,
    keeping_exact_invoice_create_choosing,
    keeping_exact_invoice_create_making,
    keeping_exact_invoice_create_period,
    keeping_exact_never_bill,
    keeping_exact_process,
    keeping_exact_process_line,
    keeping_exact_cover,
    keeping_exact_unbilled_as_of,
    keeping_exact_use_connection,
)
