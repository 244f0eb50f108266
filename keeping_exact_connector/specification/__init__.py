"""The hours specification: which hours an invoice bills, as a PDF for the customer.

Drawn with reportlab, which Odoo itself needs: there is always a reportlab where Odoo runs, while
wkhtmltopdf, which draws Odoo's own reports, is missing or draws them wrong on many a server.
Nothing here knows of Odoo: what is drawn comes as texts, in the customer's language.
"""

from .content import COLUMNS, Entry, Group, Specification
from .drawing import draw
