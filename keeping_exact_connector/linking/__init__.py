"""Which hours belong to an invoice that was made elsewhere: plain Python without Odoo.

- ``likely`` finds the hours of which an invoice most likely is,
- ``matching`` says which line of an invoice a group of hours is on.

Amounts are whole cents and hours whole hundredths, so that equal is equal.
"""

from .likely import Candidate, Day, Found, choose
from .matching import Group, InvoiceLine, match
