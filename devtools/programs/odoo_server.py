"""Starts Odoo.

With workers Odoo starts one process more by the path of the file it was started with; by that of
``python -m odoo`` it fails. In a folder of its own, without a module named odoo.
"""

import odoo.cli

if __name__ == "__main__":
    odoo.cli.main()
