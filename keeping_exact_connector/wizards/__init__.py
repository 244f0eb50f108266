from . import keeping_exact_invoice_create
