"""Keeps secrets out of two lines of Odoo's own log (promise 5).

The access log shows the address that Exact sends the browser back to, with the code in it; with
``--log-level=debug_rpc`` calls are shown with their arguments, the client secret among them.
"""

import logging

from .. import exact_online

_LOGGERS = ("werkzeug", "odoo.service.model", "odoo.http")
_SIGNS = ("/keeping_exact/", "client_secret")


class RedactSecrets(logging.Filter):
    """Replaces secrets in the records of a logger; lets all of them pass."""

    def filter(self, record):
        """Redact what names one of our secrets."""
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            return True
        if any(sign in text for sign in _SIGNS):
            record.msg, record.args = exact_online.redact(text), None
        return True


def install():
    """Put the filter where it is needed; once, however often the add-on is loaded."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(type(one).__name__ == RedactSecrets.__name__ for one in logger.filters):
            logger.addFilter(RedactSecrets())
