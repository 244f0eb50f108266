"""Builds HTTP answers of the API, as JSON or Atom (chapters 3.1, 3.2 and 3.5)."""

from werkzeug.wrappers import Response

from .odata import atom, edmx
from .odata.entries import entry_uri, make_entry
from .odata.paging import next_address
from .odata.render import error_tree, render_value, write_json

JSON = "application/json; charset=utf-8"
_HEADERS = {
    "Cache-Control": "private",
    "DataServiceVersion": "2.0",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def _response(body, status=200, content_type=JSON, headers=None):
    return Response(body, status, {**_HEADERS, **(headers or {})}, content_type=content_type)


class Answers:
    """Writes answers in the form a request asks for: JSON when it says so, else Atom."""

    def __init__(self, accept, arguments):
        self._json = "json" in accept.lower() or arguments.get("$format") == "json"

    def error(self, error):
        """Answer with a refusal; without a message the body is empty."""
        if error.message is None:
            return _response("", error.status, headers=error.headers)
        if self._json:
            body = write_json(error_tree(error.message))
            return _response(body, error.status, headers=error.headers)
        body = atom.write_error(error.message)
        return _response(body, error.status, atom.XML, error.headers)

    def empty(self):
        """Answer a PUT or DELETE: 204."""
        response = _response("", 204)
        del response.headers["Content-Type"]
        return response

    def function(self, name, values, form):
        """Answer a function (chapter 3.2).

        A single value is ``{"d": {"UserHasRights": true}}``, or ``{"d": true}``. A row is a list
        of one, or the row itself: a client that works (picqer's) reads both.

        :param values: properties by name as (Edm type, value); a single value under the name
        :param form: the setting ``function_answer``
        """
        if not self._json:
            return _response(atom.write_values(name, values), content_type=atom.XML)
        tree = {item: render_value(kind, value) for item, (kind, value) in values.items()}
        if name not in values:
            return _response(write_json({"d": {"results": [tree]} if form == "object" else tree}))
        return _response(write_json({"d": tree if form == "object" else tree[name]}))

    def metadata(self, text):
        """Answer ``$metadata``: XML, whatever the request asks for."""
        return _response(text, content_type=edmx.CONTENT_TYPE)

    def count(self, number):
        """Answer ``/$count``: plain text."""
        return _response(str(number), content_type="text/plain; charset=utf-8")

    def page(self, call, context, entity, page, query, envelope):
        """Answer a list.

        :param page: what :meth:`~exact_sandbox.entities.base.Entity.page` gives
        :param envelope: ``array`` or ``results``, for a list cut by ``$top`` (chapter 3.2)
        """
        entries = [
            make_entry(entity, context, row, call.base, query.select, query.expand)
            for row in page.rows
        ]
        link = None
        if page.token:
            # Where it was seen escaped is not documented; here on the newer endpoints.
            link = next_address(call.address, call.arguments, page, entity.is_recent)
        if not self._json:
            total = page.total if query.count else None
            body = atom.write_feed(entity.type.set_name, call.address, entries, link, total)
            return _response(body, content_type=atom.CONTENT_TYPE)
        trees = [item.tree() for item in entries]
        small = query.top is not None and query.top <= entity.type.page_size
        if small and not query.count and envelope == "array":
            return _response(write_json({"d": trees}))
        content = {"results": trees}
        if query.count:
            content["__count"] = str(page.total)
        if link:
            content["__next"] = link
        return _response(write_json({"d": content}))

    def row(self, call, context, entity, row, query):
        """Answer one row."""
        entry = make_entry(entity, context, row, call.base, query.select, query.expand)
        return self._entry(entry, 200, {})

    def created(self, call, context, entity, row):
        """Answer a POST: 201 with the row and its address."""
        location = entry_uri(call.base, entity.type, row.key)
        entry = make_entry(entity, context, row, call.base)
        return self._entry(entry, 201, {"Location": location})

    def _entry(self, entry, status, headers):
        if self._json:
            return _response(write_json({"d": entry.tree()}), status, headers=headers)
        return _response(atom.write_entry(entry), status, atom.CONTENT_TYPE, headers)
