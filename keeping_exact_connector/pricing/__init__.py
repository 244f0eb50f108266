"""From hours to lines with a price: plain Python without Odoo, exact to the cent.

- ``hours`` turns what a timesheet holds into exact hours and rounds them,
- ``money`` rounds amounts, spreads one over several, and finds quantity and price for it,
- ``lines`` groups hours into lines and prices them.

Hours are ``Fraction``, for a third of an hour has no end as a decimal; amounts and prices are
``Decimal``.
"""

from .hours import Rounding, exact_hours
from .lines import Entry, Line, Pricing, make_lines
from .money import Fit, fit, fit_rate, round_half_up, spread
