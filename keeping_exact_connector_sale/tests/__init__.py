from . import test_exact_side
from . import test_odoo_side
from . import test_order_rates
from . import test_order_access
from . import test_sale_translations
