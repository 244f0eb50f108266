"""What every entity does the same way: reading, derived values, checks, audit fields."""

import uuid
from dataclasses import dataclass, field

from ..errors import ApiError, business_error, syntax_error
from ..odata.filters import fields_of
from ..odata.paging import in_key_order, make_page, stream_page
from ..odata.pushdown import to_sql
from ..rights import has_right
from ..rows import DELETED, Row
from ..texts import refusal, sentence

# Widths of codes that are filled up with blanks behind them (chapter 3.3). Account codes have
# theirs in front, see accounts.py.
PADDING = {
    "Country": 3,
    "State": 3,
    "Language": 10,
    "SearchCode": 9,
    "VATCode": 3,
    "SalesVATCode": 3,
    "SalesVatCode": 3,
    "PurchaseVATCode": 3,
}
# Fractions, or whole numbers by the setting percentage_form (chapters 3.3 and 10). Discounts are
# fractions in every source.
_PERCENTAGES = {"VATPercentage"}
_VAT_ENTITIES = {"VAT/VATCodes", "VAT/VatPercentages"}


def padded(name, value):
    """Return a code filled up to its fixed width; other values as they are."""
    if name not in PADDING or not value:
        return value
    return value.strip().ljust(PADDING[name])


class _Bare(Row):
    """A row whose properties are null but for its key."""


@dataclass
class Context:
    """One piece of work: who does it, where and when."""

    sandbox: object
    division: int
    user: object
    granted: frozenset = frozenset()
    # Where the sandbox was called, for addresses that stand in an answer.
    host: str = ""
    app: object = None
    # Functions to be called when the work is kept and nothing holds the database.
    afterwards: list = field(default_factory=list)
    cache: dict = field(default_factory=dict)

    @property
    def rows(self):
        """The stored rows."""
        return self.sandbox.rows

    @property
    def now(self):
        """Dutch wall clock (chapter 3.3)."""
        return self.sandbox.clock.wall()

    def today(self):
        """Midnight of today."""
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)

    def refused(self, *pairs):
        """Return the error of broken rules: pairs (kind, label) of :mod:`exact_sandbox.texts`."""
        language = self.user.short_language
        kinds = {"mandatory": self.sandbox.settings["mandatory_text"]}
        texts = (refusal(kinds.get(kind, kind), label, language) for kind, label in pairs)
        return business_error(*texts)

    def sentence(self, name, /, **values):
        """Return another text in the user's language."""
        return sentence(name, self.user.short_language, **values)

    def may(self, route, method="GET"):
        """Whether the user has the right to call an address (chapter 5.3)."""
        return has_right(self.user, route, method, self.sandbox.settings)

    def lookup(self, entity, name, value):
        """Return the row of this administration whose property has a value; kept per request."""
        if value is None:
            return None
        place = (entity, name, value)
        if place not in self.cache:
            self.cache[place] = self._look_up(entity, name, value)
        return self.cache[place]

    def _look_up(self, entity, name, value):
        if name is None:
            return self.rows.get(self.division, entity, value)
        trimmed = str(value).strip()
        for row in self.rows.find(self.division, entity):
            if str(row.get(name, "")).strip() == trimmed:
                return row
        return None


def reference(own, entity, shown, match=None):
    """Return a derived value: a property of the row that another property points at.

    :param own: the property that points
    :param match: the property it holds (a code); None when it holds the key
    """

    def derive(context, row):
        found = context.lookup(entity, match, row.get(own))
        return found.get(shown) if found else None

    return derive


class Entity:
    """Handler of one entity.

    :cvar derived: functions of (context, row) by property, for what is not stored
    :cvar needs_select: whether a list without ``$select`` or ``$top=1`` is refused (chapter 3.4)
    :cvar always_select: ``$top=1`` does not excuse it: sync and bulk
    :cvar filter_fields: one of these must be in the filter of a list (chapter 3.4)
    :cvar only_filter_fields: only these may be in the filter of a list
    :cvar is_recent: newer than 1 March 2017, where ``$skip`` is refused (chapter 3.4). Which ones
        are is not documented: here it is those of sync and bulk
    :cvar writable: the verbs besides GET that the sandbox has rules for
    """

    name = ""
    derived = {}
    needs_select = False
    always_select = False
    filter_fields = ()
    only_filter_fields = ()
    is_recent = False
    writable = ()
    inner = {}

    def __init__(self, metadata, registry):
        self.type = metadata.entities[self.name]
        self.registry = registry

    # Reading

    def value(self, context, row, name):
        """Return the value of a property of a row."""
        if isinstance(row, _Bare):
            return row.data.get(name)
        if name in self.derived:
            return self.derived[name](context, row)
        if name == "Division":
            return row.division
        return row.data.get(name)

    def shown(self, context, row, name):
        """Return the value as answers and filters have it."""
        value = self.value(context, row, name)
        if value is not None and self._is_scaled(context, name):
            return value * 100
        return value

    def _is_scaled(self, context, name):
        """Whether a property holds a percentage that is to be a whole number."""
        in_vat = name == "Percentage" and self.name in _VAT_ENTITIES
        if not in_vat and name not in _PERCENTAGES:
            return False
        return context.sandbox.settings["percentage_form"] == "whole"

    def read_percentages(self, context, values):
        """Turn percentages that were sent in the form of answers into fractions."""
        for name, value in values.items():
            if name in self.inner and value:
                for item in value:
                    self.registry[self.inner[name]].read_percentages(context, item)
            elif value is not None and self._is_scaled(context, name):
                values[name] = value / 100

    def column(self, context, name):
        """Return the SQL of a property, None when it is worked out instead of stored."""
        computed = type(self).value is not Entity.value
        if computed or name in self.derived or name == "Division":
            return None
        return context.rows.column(self.name, name)

    def condition(self, context, tree):
        """Return what the database itself can tell of a filter, or None."""
        if tree is None:
            return None
        return to_sql(tree, lambda name: self.column(context, name))

    def scan(self, context, tree, after=None):
        """Yield rows in the order of their key: those of the filter, and perhaps others.

        :param tree: the filter or None
        :param after: only rows with a higher key
        """
        return context.rows.scan(
            context.division, self.source, self.condition(context, tree), "key", after,
            self.type.page_size,
        )  # fmt: skip

    @property
    def source(self):
        """The entity whose stored rows are shown."""
        return self.name

    def fetch(self, context, condition):
        """Return stored rows, narrowed by what the database can find itself."""
        return list(self.scan(context, condition))

    @property
    def _counts_in_sql(self):
        return type(self).fetch is Entity.fetch and type(self).scan is Entity.scan

    @property
    def has_key_order(self):
        """Whether :meth:`scan` gives the rows in the order that pages have."""
        return type(self).fetch is Entity.fetch and self.type.key.type == "Guid"

    def page(self, context, query):
        """Return the page a query asks for (:class:`~exact_sandbox.odata.paging.Page`)."""

        def value_of(row, name):
            return self.shown(context, row, name)

        if not self.has_key_order or not in_key_order(query, self.type):
            return make_page(self.fetch(context, query.filter), query, self.type, value_of)
        total = self.total(context, query.filter) if query.count else 0
        return stream_page(
            lambda after: self.scan(context, query.filter, after), total, query, self.type, value_of
        )

    def total(self, context, tree):
        """Return how many rows a filter lets through."""
        condition = self.condition(context, tree) if self._counts_in_sql else None
        if self._counts_in_sql and (tree is None or (condition and condition.exact)):
            return context.rows.count(context.division, self.source, condition)
        rows = self.scan(context, tree) if self.has_key_order else self.fetch(context, tree)
        return sum(
            tree is None or tree.evaluate(lambda name, row=row: self.shown(context, row, name))
            for row in rows
        )

    def get(self, context, key):
        """Return the row with a key, or None."""
        return context.rows.get(context.division, self.name, key)

    def children(self, context, row, name):
        """Return (handler, rows) of a collection of a row; none are kept unless overridden."""
        return self, []

    def check_list(self, query):
        """Refuse a list without what it must have, its filter apart (chapter 3.4).

        :raises ApiError: 400
        """
        excused = query.top == 1 and not self.always_select
        if self.needs_select and not query.has_select and not excused:
            raise syntax_error("Please add a $select or a $top=1 statement to the query string.")
        if query.skip and self.is_recent:
            raise syntax_error()
        used = fields_of(query.filter) if query.filter is not None else set()
        extra = sorted(used - set(self.only_filter_fields)) if self.only_filter_fields else ()
        if extra:
            raise syntax_error(f"Filtering on these fields is not supported: {', '.join(extra)}")

    # Writing

    def create(self, context, values):
        """Make a row of typed values and return it."""
        raise ApiError(501, f"The sandbox has no rules for POST on {self.type.path}.")

    def update(self, context, row, values):
        """Change a row."""
        raise ApiError(501, f"The sandbox has no rules for PUT on {self.type.path}.")

    def delete(self, context, row):
        """Remove a row."""
        raise ApiError(501, f"The sandbox has no rules for DELETE on {self.type.path}.")

    def bare_answer(self, row):
        """Return what a POST shows without ``Prefer: return=representation``.

        Properties come back null then, with only the GUID filled (chapter 3.1, KB-tips).
        """
        only_key = {self.type.key.name: row.key}
        return _Bare(row.division, row.entity, row.key, row.timestamp, only_key)

    def without_totals(self, row):
        """Return what a POST shows where totals are not worked out yet (chapter 10)."""
        return row

    def new_row(self, context, values):
        """Return an unsaved row with a new key and the audit fields of a creation."""
        row = Row(context.division, self.name, str(uuid.uuid4()), 0)
        row.data[self.type.key.name] = row.key
        row.data.update(values)
        now = context.now
        row.data.update(Created=now, Creator=context.user.id)
        row.data["CreatorFullName"] = context.user.full_name
        self.touch(context, row)
        return row

    def touch(self, context, row):
        """Set the audit fields of a change."""
        row.data["Modified"] = context.now
        row.data["Modifier"] = context.user.id
        row.data["ModifierFullName"] = context.user.full_name

    def save(self, context, row):
        """Store a row with padded codes and a new timestamp."""
        row.data = {
            name: padded(name, value) for name, value in row.data.items() if value is not None
        }
        context.cache.clear()
        return context.rows.save(row)

    def remove(self, context, row, entity_type):
        """Delete a row and record it in sync/Deleted (chapter 4.19).

        :param entity_type: the number of the kind: 2 accounts, 9 items, 13 sales invoices
        """
        context.rows.delete(row)
        context.cache.clear()
        trace = Row(context.division, DELETED, str(uuid.uuid4()), 0)
        trace.data = {
            "ID": trace.key,
            "DeletedBy": context.user.id,
            "DeletedDate": context.now,
            "EntityKey": row.key,
            "EntityType": entity_type,
        }
        context.rows.save(trace)
