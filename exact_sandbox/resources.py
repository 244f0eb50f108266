"""What a call does with rows: lists, single rows, bodies (chapters 3.2 to 3.5)."""

from .entities.filter_fields import check_filter
from .errors import FORBIDDEN, ApiError, not_found, syntax_error, wrong_verb
from .metadata import route_of
from .odata.atom_input import read_entry
from .odata.lexer import literal_list, named_literals
from .odata.paging import Page, make_page
from .odata.payload import parse_body, read_payload
from .odata.query import parse_query
from .rights import has_right

# Of one POST, binary properties counted as bytes and not as base64 (chapter 2).
MAX_BODY = 10 * 1000 * 1000


class Resources:
    """Reads and writes the rows of an entity for a call whose caller is known and allowed."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    def answer(self, call, context, entity, key_text, tail):
        """Do what a call asks and return the answer.

        :param key_text: what stands between brackets in the address, or None
        :param tail: what follows: ``$count``, the name of a collection, or nothing
        :raises ApiError: for what is refused
        """
        if key_text is None:
            return self._on_list(call, context, entity, tail)
        return self._on_row(call, context, entity, key_text, tail)

    def _on_list(self, call, context, entity, tail):
        if call.method == "POST" and not tail:
            return self._create(call, context, entity)
        if call.method != "GET":
            raise syntax_error()
        query = parse_query(call.arguments, entity.type.properties)
        readable = self._readable(call, entity)
        if tail == "$count":
            number = entity.total(context, query.filter) if readable else 0
            return call.answers.count(number)
        entity.check_list(query)
        check_filter(entity, query, self._sandbox.settings["filter_fields"])
        page = entity.page(context, query) if readable else Page([])
        envelope = self._envelope(entity.type.path)
        return call.answers.page(call, context, entity, page, query, envelope)

    def _readable(self, call, entity):
        """Whether the user may read this; if not, it looks as if there were nothing (5.2).

        :raises ApiError: 403, by the setting ``unreadable``; never of items, which are known
        """
        route = route_of(entity.type.path)
        if has_right(call.user, route, "GET", self._sandbox.settings):
            return True
        refuse = self._sandbox.settings["unreadable"] == "forbidden"
        if refuse and route.removeprefix("sync/").removeprefix("bulk/") != "logistics/Items":
            raise ApiError(403, FORBIDDEN)
        return False

    def _envelope(self, path):
        exceptions = self._sandbox.settings["top_envelopes"]
        return exceptions.get(path, self._sandbox.settings["top_envelope"])

    def _on_row(self, call, context, entity, key_text, tail):
        row = entity.get(context, self._key(entity, key_text))
        readable = call.method != "GET" or self._readable(call, entity)
        if row is None or not readable:
            raise not_found(entity.type.set_name)
        if call.method == "GET":
            if tail:
                return self._navigate(call, context, entity, row, tail)
            query = parse_query(call.arguments, entity.type.properties)
            return call.answers.row(call, context, entity, row, query)
        if tail:
            raise syntax_error()
        if call.method == "PUT":
            entity.update(context, row, self._payload(call, context, entity))
        elif call.method == "DELETE":
            entity.delete(context, row)
        else:
            raise wrong_verb(self._sandbox.settings["wrong_verb_status"])
        return call.answers.empty()

    def _navigate(self, call, context, entity, row, name):
        """Answer a deferred address: the rows of a collection of one row."""
        found = entity.type.properties.get(name)
        if found is None or not found.is_collection:
            raise not_found(name)
        child, rows = entity.children(context, row, name)
        query = parse_query(call.arguments, child.type.properties)
        page = make_page(
            rows, query, child.type, lambda item, other: child.shown(context, item, other)
        )
        return call.answers.page(call, context, child, page, query, "results")

    @staticmethod
    def _key(entity, text):
        """Return the value of the key, a tuple when it has several parts."""
        keys = entity.type.keys
        several = len(keys) > 1
        values = named_literals(text, [key.name for key in keys]) if several else literal_list(text)
        kinds = {"Guid": {"Guid"}, "String": {"String"}}
        allowed = [kinds.get(key.type, {"Int32", "Int64"}) for key in keys]
        fits = len(values) == len(keys) and all(
            value.type in types for value, types in zip(values, allowed, strict=True)
        )
        if not fits:
            raise syntax_error()
        return tuple(value.value for value in values) if several else values[0].value

    def _create(self, call, context, entity):
        row = entity.create(context, self._payload(call, context, entity))
        if not call.represent:
            row = entity.bare_answer(row)
        elif self._sandbox.settings["post_totals"] == "empty":
            row = entity.without_totals(row)
        return call.answers.created(call, context, entity, row)

    # Bodies

    def _payload(self, call, context, entity):
        inner = {
            name: self._sandbox.metadata.entities[other] for name, other in entity.inner.items()
        }
        body = self._body(call, entity.type, inner)
        refuse = self._sandbox.settings["read_only_properties"] == "refuse"
        values = read_payload(body, entity.type, call.method, inner, refuse)
        entity.read_percentages(context, values)
        return values

    @staticmethod
    def _body(call, entity_type, inner):
        """Return the body as a tree: JSON and XML are both accepted (chapter 3.1).

        :raises ApiError: 400, 413 or 415
        """
        too_large = ApiError(413, "Request Entity Too Large")
        try:
            if call.body_form == "json":
                body = parse_body(call.body)
            elif call.body_form == "xml":
                body = read_entry(call.body, entity_type, inner)
            else:
                raise ApiError(415, "Unsupported media type requested.")
        except ApiError:
            if len(call.body) > MAX_BODY:
                raise too_large from None
            raise
        texts = (
            body.get(item.name) for item in entity_type.properties.values() if item.type == "Binary"
        )
        spared = sum(len(text) // 4 for text in texts if isinstance(text, str))
        if len(call.body) - spared > MAX_BODY:
            raise too_large
        return body
