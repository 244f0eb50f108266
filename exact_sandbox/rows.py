"""Rows of all entities, stored as JSON beside their sync timestamp."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

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


class Rows:
    """Reads and writes rows; every write gives a row a new timestamp."""

    def __init__(self, store, metadata):
        self._store = store
        self._metadata = metadata

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
        sql = "SELECT * FROM entity_rows WHERE division = ? AND entity = ?"
        values = [division, entity]
        properties = self._metadata.entities[entity].properties
        for name, value in (equals or {}).items():
            # A name can only be one of the metadata, so it is safe inside the statement, where
            # SQLite needs it to use an index on the same expression.
            sql += f" AND json_extract(data, '$.{properties[name].name}') = ?"
            values.append(value)
        if after:
            sql += " AND timestamp > ?"
            values.append(after)
        records = self._store.execute(f"{sql} ORDER BY timestamp", *values)
        return [self._row(record) for record in records]

    def first(self, division, entity, **equals):
        """Return the first row with these values, or None."""
        found = self.find(division, entity, equals)
        return found[0] if found else None

    def highest(self, division, entity, name):
        """Return the highest value of a property, 0 without rows."""
        name = self._metadata.entities[entity].properties[name].name
        record = self._store.one(
            f"SELECT max(json_extract(data, '$.{name}')) AS highest FROM entity_rows "
            "WHERE division = ? AND entity = ?",
            division,
            entity,
        )
        return record["highest"] or 0

    def save(self, row):
        """Insert or overwrite a row and give it the next timestamp."""
        row.timestamp = self._store.next_timestamp()
        self._store.execute(
            "INSERT OR REPLACE INTO entity_rows VALUES (?, ?, ?, ?, ?)",
            row.division,
            row.entity,
            row.key,
            row.timestamp,
            json.dumps(row.data, default=_encode),
        )
        return row

    def delete(self, row):
        """Remove a row for good."""
        self._store.execute(
            "DELETE FROM entity_rows WHERE division = ? AND entity = ? AND key = ?",
            row.division,
            row.entity,
            row.key,
        )
