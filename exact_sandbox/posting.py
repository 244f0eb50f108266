"""Posts to callback addresses (chapter 4.17)."""

import http.client
import ssl
from urllib.parse import urlsplit

from .apps import LOOPBACK

_SECONDS = 10
_MOST_READ = 65536


def _certificates(host):
    """Certificates are checked, but for receivers on this machine, which make their own."""
    context = ssl.create_default_context()
    if host in LOOPBACK:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _connect(parts):
    if parts.scheme == "https":
        return http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=_SECONDS, context=_certificates(parts.hostname)
        )
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=_SECONDS)


def post(url, body):
    """Post a text, empty for a validation call; redirects are not followed.

    :return: (status, None), or (None, what went wrong)
    """
    try:
        parts = urlsplit(url)
        connection = _connect(parts)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        data = body.encode()
        headers = {"Content-Length": str(len(data))}
        if data:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            connection.request("POST", target, data, headers)
            answer = connection.getresponse()
            answer.read(_MOST_READ)
        finally:
            connection.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"
    return answer.status, None
