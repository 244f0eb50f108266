"""Turns rows into entries: ``__metadata``, chosen properties, deferred or expanded lines."""

from dataclasses import dataclass, field

from .literals import write_literal
from .render import render_value


@dataclass
class Entry:
    """One row of an answer: values by name as (Edm type, value), collections by name."""

    uri: str
    type_name: str
    values: dict
    collections: dict = field(default_factory=dict)

    def tree(self):
        """Return the JSON shape of the entry (chapter 3.2)."""
        tree = {"__metadata": {"uri": self.uri, "type": self.type_name}}
        for name, (kind, value) in self.values.items():
            tree[name] = render_value(kind, value)
        for name, children in self.collections.items():
            if children is None:
                tree[name] = {"__deferred": {"uri": f"{self.uri}/{name}"}}
            else:
                tree[name] = {"results": [item.tree() for item in children]}
        return tree


def entry_uri(base, entity_type, key):
    """Return the address of one row; ``base`` is the address up to and with the division.

    :param key: the value of the key property; of several, the text ``Journal='70',Period=1``
    """
    text = key if len(entity_type.keys) > 1 else write_literal(entity_type.key.type, key)
    # Below ``current`` as below an administration: ``.../api/v1/current/Me(...)``.
    path = entity_type.path if entity_type.has_division else entity_type.set_name
    return f"{base}/{path}({text})"


def _wanted(query_select, entity_type):
    names = [item.partition("/")[0] for item in query_select]
    return [entity_type.properties[name] for name in dict.fromkeys(names)] or list(
        entity_type.properties.values()
    )


def make_entry(entity, context, row, base, select=(), expand=()):
    """Return the entry of a row.

    :param entity: the handler of the entity (:class:`~exact_sandbox.entities.base.Entity`)
    :param select: names of properties, all when empty; ``Lines/Quantity`` picks inside expanded
    :param expand: names of collections to write out
    """
    entity_type = entity.type
    several = len(entity_type.keys) > 1
    key = row.key if several else entity.value(context, row, entity_type.key.name)
    entry = Entry(entry_uri(base, entity_type, key), entity_type.type_name, {})
    for item in _wanted(select, entity_type):
        if item.is_plain:
            entry.values[item.name] = (item.type, entity.shown(context, row, item.name))
        elif item.is_collection and item.name in expand:
            inner = [name.partition("/")[2] for name in select if name.startswith(f"{item.name}/")]
            child, rows = entity.children(context, row, item.name)
            entry.collections[item.name] = [
                make_entry(child, context, child_row, base, inner) for child_row in rows
            ]
        elif item.is_collection:
            entry.collections[item.name] = None
        else:
            entry.values[item.name] = ("String", None)
    return entry
