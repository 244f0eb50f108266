from . import keeping_exact_cover
from . import keeping_exact_invoice_create
