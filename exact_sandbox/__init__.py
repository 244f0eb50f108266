"""A local stand-in for Exact Online: API, OAuth consent, pages, faults and a clock.

What it does is held to the reference ``exact-online-api.md``; where code follows a fact of it, the
chapter is named. Where sources are silent or contradict, the choice is written down where it is
made, and several choices are settings (see :mod:`exact_sandbox.settings`).

It knows nothing of its callers: it imports neither Odoo nor the add-on.
"""

__version__ = "1.0.0"
