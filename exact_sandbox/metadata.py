"""The property lists of Exact's entities, read from ``exact-entities.json``."""

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("exact-entities.json")
PAGE_SIZE = 60

# Chapter 3.2 knows these; the others follow the pattern Exact.Web.Api.Models.<singular>.
_TYPE_NAMES = {
    "System/Me": "Exact.Web.Api.Models.System.Me",
    "Webhooks/WebhookSubscriptions": "Exact.Web.Api.Models.Webhooks.WebhookSubscription",
}


@dataclass(frozen=True)
class Property:
    """One property: its Edm type without prefix, the verbs it may be sent with, its flags."""

    name: str
    type: str
    methods: frozenset
    key: bool = False
    mandatory: bool = False

    @property
    def is_collection(self):
        """Whether it holds rows of another entity."""
        return self.type.startswith("Collection(")

    @property
    def is_plain(self):
        """Whether it is a value the sandbox can hold: not a collection, nor a nested class."""
        return "(" not in self.type and "." not in self.type


# In use, but newer than the reference's lists (chapter 4.17).
_NEWER = {
    "Webhooks/WebhookSubscriptions": (
        Property("IsInstant", "Boolean", frozenset({"GET", "POST", "PUT"})),
    ),
}


@dataclass(frozen=True)
class EntityType:
    """One entity of the reference: address, verbs, scope, page size and properties."""

    name: str
    path: str
    has_division: bool
    methods: tuple
    scope: str
    page_size: int
    properties: dict
    has_webhook: bool = False

    @property
    def key(self):
        """The property that identifies a row, or the first of several."""
        return self.keys[0]

    @property
    def keys(self):
        """The properties that identify a row together: one, but for a few lists (4.13)."""
        return [item for item in self.properties.values() if item.key]

    @property
    def service(self):
        """The address without its last part, in the case of the reference: ``read/financial``."""
        return self.path.rpartition("/")[0]

    @property
    def set_name(self):
        """The last part of the address, e.g. ``SalesInvoices``."""
        return self.path.rsplit("/", 1)[1]

    @property
    def type_name(self):
        """The name in ``__metadata`` (chapter 3.2)."""
        name = self.set_name
        singular = name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
        return _TYPE_NAMES.get(self.name, f"Exact.Web.Api.Models.{singular}")


def route_of(path):
    """Return the form in which addresses are compared.

    ``SalesInvoice/SalesInvoices`` and ``salesinvoice/SalesInvoices`` are both in use, while the
    name of the entity is case sensitive (chapter 3.1).
    """
    service, _, entity = path.rpartition("/")
    return f"{service.lower()}/{entity}"


def _property(raw):
    return Property(
        raw["name"],
        raw["type"].removeprefix("Edm."),
        frozenset(raw["methods"]),
        raw.get("key", False),
        raw.get("mandatory", False),
    )


def _short_property(raw):
    """Read the short form ``Name:Type*`` of the read-only lists."""
    name, _, kind = raw.partition(":")
    return Property(name, kind.rstrip("*"), frozenset({"GET"}), kind.endswith("*"))


def _entity(name, raw):
    prefix, division, path = raw["uri"].partition("{division}/")
    items = [_property(item) for item in raw.get("properties", ())]
    items += [_short_property(item) for item in raw.get("names", ())]
    items += _NEWER.get(name, ())
    return EntityType(
        name,
        path if division else prefix.removeprefix("/api/v1/"),
        bool(division),
        tuple(raw["methods"]),
        raw["scope"],
        raw.get("pageSize", PAGE_SIZE),
        {item.name: item for item in items},
        raw.get("webhook", False),
    )


class Metadata:
    """All entities by name (``CRM/Accounts``) and by address."""

    def __init__(self, path=FILE):
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
        self.entities = {name: _entity(name, item) for name, item in raw["entities"].items()}
        self._routes = {route_of(entity.path): entity for entity in self.entities.values()}

    def by_route(self, path):
        """Return the entity at an address such as ``crm/Accounts``, or None."""
        return self._routes.get(route_of(path))

    def of_service(self, service):
        """Return the entities below an address such as ``salesinvoice``, which has any case."""
        return [
            entity
            for entity in self.entities.values()
            if entity.has_division and entity.service.lower() == service.lower()
        ]
