"""Rows of all entities, stored as JSON beside their sync timestamp."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .store import FIRST_TIMESTAMP

DELETED = "Sync/Deleted"


@dataclass
class Row:
    """One stored row: values by property name; what is absent is null."""

    division: int
    entity: str
    key: str
    timestamp: int
    data: dict = field(default_factory=dict)

    def get(self, name, default=None):
        """Return a value, or the default when it is null."""
        value = self.data.get(name)
        return default if value is None else value


def _encode(value):
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"A row cannot hold {type(value).__name__}.")


_DECODERS = {"Double": Decimal, "DateTime": datetime.fromisoformat}
_ORDERS = ("key", "timestamp")
_LARGEST_PIECE = 2000
_SAVE = "INSERT OR REPLACE INTO entity_rows VALUES (?, ?, ?, ?, ?)"
# SQLite itself prefers the primary key, and tries every row of the entity.
_INDEXES = {
    "Code": "entity_rows_code",
    "EntryID": "entity_rows_entry",
    "InvoiceID": "entity_rows_invoice",
    "OrderedBy": "entity_rows_ordered_by",
    "OrderNumber": "entity_rows_order_number",
}
# The last timestamp given out by a move; those of changes are above FIRST_TIMESTAMP.
_MOVED = "moved_timestamp"


def _record(row):
    data = json.dumps(row.data, default=_encode)
    return (row.division, row.entity, row.key, row.timestamp, data)


class Rows:
    """Reads and writes rows; every write gives a row a new timestamp."""

    def __init__(self, store, metadata):
        self._store = store
        self._metadata = metadata
        # Told of every change while it is made: a function of (action, row), or None.
        self.watcher = None

    def column(self, entity, name):
        """Return the SQL of a stored property.

        A name can only be one of the metadata, so it is safe inside a statement, where SQLite
        needs it to use an index on the same expression.
        """
        return f"json_extract(data, '$.{self._metadata.entities[entity].properties[name].name}')"

    def _row(self, record):
        properties = self._metadata.entities[record["entity"]].properties
        data = json.loads(record["data"])
        for name, value in data.items():
            kind = properties.get(name.lstrip("_"))
            if value is not None and kind is not None and kind.type in _DECODERS:
                data[name] = _DECODERS[kind.type](value)
        return Row(record["division"], record["entity"], record["key"], record["timestamp"], data)

    def get(self, division, entity, key):
        """Return the row with a key, or None."""
        record = self._store.one(
            "SELECT * FROM entity_rows WHERE division = ? AND entity = ? AND key = ?",
            division,
            entity,
            str(key),
        )
        return self._row(record) if record else None

    def find(self, division, entity, equals=None, after=0):
        """Return rows by timestamp.

        :param equals: values (texts, whole numbers) by property that the rows must have
        :param after: only rows with a higher timestamp
        """
        index = next((_INDEXES[name] for name in equals or () if name in _INDEXES), None)
        source = f"entity_rows INDEXED BY {index}" if index else "entity_rows"
        sql = f"SELECT * FROM {source} WHERE division = ? AND entity = ?"
        values = [division, entity]
        for name, value in (equals or {}).items():
            sql += f" AND {self.column(entity, name)} = ?"
            values.append(value)
        if after:
            sql += " AND timestamp > ?"
            values.append(after)
        # Sorted here: asked to, SQLite would walk all timestamps instead of using another index.
        records = sorted(self._store.execute(sql, *values), key=lambda item: item["timestamp"])
        return [self._row(record) for record in records]

    def keys(self, division, entity):
        """Return the keys of all rows."""
        sql = "SELECT key FROM entity_rows WHERE division = ? AND entity = ?"
        return [item["key"] for item in self._store.execute(sql, division, entity)]

    def first(self, division, entity, **equals):
        """Return the first row with these values, or None."""
        found = self.find(division, entity, equals)
        return found[0] if found else None

    def scan(self, division, entity, condition=None, order="key", after=None, piece=60):
        """Yield rows in an order, read in pieces, so that a page costs what it shows.

        :param condition: what the rows must meet (:class:`~.odata.pushdown.Condition`)
        :param order: ``key`` or ``timestamp``
        :param after: only rows with a higher key or timestamp
        :param piece: how many rows to read first
        """
        if order not in _ORDERS:
            raise ValueError(order)
        while True:
            sql, values = self._where(division, entity, condition)
            if after is not None:
                sql += f" AND {order} > ?"
                values.append(after)
            records = self._store.execute(
                f"SELECT * FROM entity_rows {sql} ORDER BY {order} LIMIT ?", *values, piece
            )
            for record in records:
                yield self._row(record)
            if len(records) < piece:
                return
            after = records[-1][order]
            piece = min(piece * 2, max(piece, _LARGEST_PIECE))

    def count(self, division, entity, condition=None):
        """Return how many rows meet a condition."""
        sql, values = self._where(division, entity, condition)
        return self._store.one(f"SELECT count(*) AS number FROM entity_rows {sql}", *values)[
            "number"
        ]

    @staticmethod
    def _where(division, entity, condition):
        sql, values = "WHERE division = ? AND entity = ?", [division, entity]
        if condition is not None:
            sql += f" AND {condition.sql}"
            values += condition.values
        return sql, values

    def values(self, division, entity, name):
        """Return the values of one property of all rows, nulls left out."""
        column = self.column(entity, name)
        index = f" INDEXED BY {_INDEXES[name]}" if name in _INDEXES else ""
        records = self._store.execute(
            f"SELECT {column} AS value FROM entity_rows{index} WHERE division = ? AND entity = ?",
            division,
            entity,
        )
        return [item["value"] for item in records if item["value"] is not None]

    def highest(self, division, entity, name, within=None, **equals):
        """Return the highest value of a property, 0 without rows.

        :param within: only values in this range
        :param equals: values by property that the rows must have
        """
        value = self.column(entity, name)
        sql = f"SELECT max({value}) AS highest FROM entity_rows WHERE division = ? AND entity = ?"
        values = [division, entity]
        if within is not None:
            sql += f" AND {value} BETWEEN ? AND ?"
            values += [within[0], within[-1]]
        for other, wanted in equals.items():
            sql += f" AND {self.column(entity, other)} = ?"
            values.append(wanted)
        return self._store.one(sql, *values)["highest"] or 0

    def newest(self, division):
        """Return the highest timestamp of an administration, 0 without rows."""
        return (
            self._store.one(
                "SELECT max(timestamp) AS highest FROM entity_rows WHERE division = ?", division
            )["highest"]
            or 0
        )

    def save(self, row):
        """Insert or overwrite a row and give it the next timestamp."""
        with self._store.transaction():
            if self.watcher is not None:
                known = self.has(row.division, row.entity, row.key)
                self.watcher("Update" if known else "Create", row)
            row.timestamp = self._store.next_timestamp()
            self._store.execute(_SAVE, *_record(row))
        return row

    def save_many(self, rows):
        """Insert many rows at once; webhooks are not told."""
        with self._store.transaction():
            first = self._store.next_timestamp(len(rows))
            for timestamp, row in enumerate(rows, first):
                row.timestamp = timestamp
            # In the order of the table, which is much faster.
            records = sorted(map(_record, rows))
            self._store.execute_many(_SAVE, records)

    def has(self, division, entity, key):
        """Whether there is a row with a key."""
        return (
            self._store.one(
                "SELECT 1 FROM entity_rows WHERE division = ? AND entity = ? AND key = ?",
                division,
                entity,
                key,
            )
            is not None
        )

    def delete(self, row):
        """Remove a row for good."""
        with self._store.transaction():
            if self.watcher is not None:
                self.watcher("Delete", row)
            self._store.execute(
                "DELETE FROM entity_rows WHERE division = ? AND entity = ? AND key = ?",
                row.division,
                row.entity,
                row.key,
            )

    def forget(self, division, entity, condition):
        """Remove the rows that meet a condition, without a trace."""
        sql, values = self._where(division, entity, condition)
        self._store.execute(f"DELETE FROM entity_rows {sql}", *values)

    def move(self, division):
        """Give every row of an administration another timestamp, as when Exact moves it.

        The new ones count from the beginning, in the order of the old: chapter 4.19 says that
        timestamps are reset, not to what. Whoever goes on from an old one misses these rows.
        """
        with self._store.transaction():
            records = self._store.execute(
                "SELECT entity, key FROM entity_rows WHERE division = ? ORDER BY timestamp",
                division,
            )
            first = int(self._store.get_meta(_MOVED, "0")) + 1
            if first + len(records) > FIRST_TIMESTAMP:
                first = self._store.next_timestamp(len(records))
            else:
                self._store.set_meta(_MOVED, str(first + len(records) - 1))
            self._store.execute_many(
                "UPDATE entity_rows SET timestamp = ? "
                "WHERE division = ? AND entity = ? AND key = ?",
                [
                    (timestamp, division, item["entity"], item["key"])
                    for timestamp, item in enumerate(records, first)
                ],
            )
