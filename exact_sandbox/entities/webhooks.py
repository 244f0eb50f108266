"""``webhooks/WebhookSubscriptions``: chapter 4.17."""

from urllib.parse import urlsplit

from ..apps import LOOPBACK
from ..errors import FORBIDDEN, PROBLEM, ApiError, business_error, wrong_verb
from ..webhooks import PENDING, SUBSCRIPTIONS, TOPICS
from .base import Entity


def _is_allowed(url, app):
    """Whether an address is https and on the domain of a redirect address of the app.

    Plain HTTP to this machine is allowed here, and only here.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or any(mark.isspace() for mark in url) or parts.scheme not in ("http", "https"):
        return False
    domains = {urlsplit(uri).hostname for uri in app.redirect_uris}
    if host in LOOPBACK:
        return bool(domains & LOOPBACK)
    return parts.scheme == "https" and host in domains


class WebhookSubscriptions(Entity):
    """Subscriptions of the calling app in one administration."""

    name = SUBSCRIPTIONS
    writable = ("POST", "PUT", "DELETE")
    # Null in a real sample.
    derived = {"ClientID": lambda context, row: None}

    def fetch(self, context, condition):
        """Return the app's own subscriptions, whoever of the customer made them."""
        rows = context.rows.find(context.division, self.name)
        return [row for row in rows if row.get("_ClientID") == context.app.client_id]

    def get(self, context, key):
        """Return a subscription of the app, or None."""
        return next((row for row in self.fetch(context, None) if row.key == key), None)

    def create(self, context, values):
        """Subscribe: one for each app, administration and topic, to a callback that answers."""
        missing = [
            ("mandatory", name) for name in ("CallbackURL", "Topic") if not values.get(name)
        ]  # fmt: skip
        if missing:
            raise context.refused(*missing)
        if values["Topic"] not in TOPICS:
            # The text stood in picqer #91, which is about topics; its cause is not known for sure.
            raise ApiError(500, PROBLEM)
        if not _is_allowed(values["CallbackURL"], context.app):
            raise context.refused(("invalid", "CallbackURL"))
        if any(row.get("Topic") == values["Topic"] for row in self.fetch(context, None)):
            raise business_error(context.sentence("exists"))
        row = self.new_row(context, values)
        row.data.update(
            Description=context.app.name,
            _ClientID=context.app.client_id,
            _Host=context.host,
            _State=PENDING,
        )
        self.save(context, row)
        validate_now = context.sandbox.webhooks.validate(row)
        if validate_now is not None:
            context.afterwards.append(lambda: self._validate(context, validate_now))
        return row

    @staticmethod
    def _validate(context, validate_now):
        """Refuse a callback that does not answer 200 or 201 (picqer #438).

        The 500 stands in the text whatever the callback answered: no other was seen.
        """
        if not validate_now():
            raise context.refused(("invalid", "Callback answer"))

    def update(self, context, row, values):
        """Refuse: updates are listed, but were found refused (dotnet #63)."""
        raise wrong_verb(context.sandbox.settings["wrong_verb_status"])

    def delete(self, context, row):
        """Unsubscribe, unless the user revoked the app since: then only Exact can."""
        if row.get("_Orphan"):
            raise ApiError(403, FORBIDDEN)
        context.sandbox.webhooks.drop(row)
