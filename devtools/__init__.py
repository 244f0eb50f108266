"""What ./dev does: sets up Odoo, PostgreSQL and a browser under .dev/ and runs things in it.

Standard library only, since it runs before anything is installed; the exceptions say so.
"""
