"""Builds HTTP answers of the API, as JSON or Atom (chapters 3.1, 3.2 and 3.5)."""

from werkzeug.wrappers import Response

from .odata import atom
from .odata.entries import entry_uri, make_entry
from .odata.paging import make_page, next_address
from .odata.render import error_tree, write_json

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
        return _response(body, error.status, "application/xml; charset=utf-8", error.headers)

    def empty(self):
        """Answer a PUT or DELETE: 204."""
        response = _response("", 204)
        del response.headers["Content-Type"]
        return response

    def function(self, name, value):
        """Answer a function: ``{"d": {"UserHasRights": true}}`` (chapter 3.2)."""
        return _response(write_json({"d": {name: value}}))

    def count(self, context, entity, rows, query):
        """Answer ``/$count``: plain text."""
        query.top, query.skip, query.token = 0, 0, None
        page = make_page(
            rows, query, entity.type, lambda row, name: entity.value(context, row, name)
        )
        return _response(str(page.total), content_type="text/plain; charset=utf-8")

    def page(self, call, context, entity, rows, query, envelope):
        """Answer a list.

        :param envelope: ``array`` or ``results``, for a list cut by ``$top`` (chapter 3.2)
        """
        page = make_page(
            rows, query, entity.type, lambda row, name: entity.value(context, row, name)
        )
        entries = [
            make_entry(entity, context, row, call.base, query.select, query.expand)
            for row in page.rows
        ]
        link = next_address(call.address, call.arguments, page) if page.token else None
        if not self._json:
            body = atom.write_feed(entity.type.set_name, call.address, entries, link)
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
