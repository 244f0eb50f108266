"""``$metadata`` of one service, as EDMX (chapter 3.4)."""

from xml.etree import ElementTree

from .atom import META

EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
EDM = "http://schemas.microsoft.com/ado/2008/09/edm"
CONTENT_TYPE = "application/xml; charset=utf-8"
_CONTAINER = "Exact.Web.Api.Services"
ElementTree.register_namespace("edmx", EDMX)
ElementTree.register_namespace("m", META)


def _split(type_name):
    """Return namespace and name of ``Exact.Web.Api.Models.Account``."""
    namespace, _, name = type_name.rpartition(".")
    return namespace, name


def _with_targets(entities, metadata):
    """Return the entities, and those their collections lead to."""
    found = {entity.name: entity for entity in entities}
    for entity in entities:
        for item in entity.properties.values():
            target = _target(entity, item, metadata)
            if target is not None:
                found.setdefault(target.name, target)
    return list(found.values())


def _target(entity, item, metadata):
    """Return the entity a collection holds; None when the reference does not list it."""
    if not item.is_collection:
        return None
    name = item.type[len("Collection(") : -1].lower()
    near = [other for other in metadata.entities.values() if other.set_name.lower() == name]
    same = [other for other in near if other.service == entity.service]
    return next(iter(same or near), None)


def _describe(schema, entity, metadata):
    """Add the type of an entity and the associations of its collections; return their names."""
    namespace, name = _split(entity.type_name)
    kind = ElementTree.SubElement(schema, "EntityType", Name=name)
    key = ElementTree.SubElement(kind, "Key")
    for item in entity.properties.values():
        if item.key:
            ElementTree.SubElement(key, "PropertyRef", Name=item.name)
    made = []
    for item in entity.properties.values():
        if item.is_plain:
            nullable = "false" if item.key else "true"
            ElementTree.SubElement(
                kind, "Property", Name=item.name, Type=f"Edm.{item.type}",
                Nullable=nullable,
            )  # fmt: skip
        target = _target(entity, item, metadata)
        if target is not None:
            relation = f"{name}_{item.name}"
            ElementTree.SubElement(
                kind, "NavigationProperty", Name=item.name,
                Relationship=f"{namespace}.{relation}", FromRole=name, ToRole=item.name,
            )  # fmt: skip
            made.append((relation, item.name, target))
    for relation, role, target in made:
        association = ElementTree.SubElement(schema, "Association", Name=relation)
        for end, end_type, many in ((name, entity, "0..1"), (role, target, "*")):
            ElementTree.SubElement(
                association, "End", Role=end, Type=end_type.type_name, Multiplicity=many
            )
    return made


def _add_container(schema, entities, associations):
    """Add the sets of entities and what joins them."""
    container = ElementTree.SubElement(
        schema, "EntityContainer",
        {"Name": "Container", f"{{{META}}}IsDefaultEntityContainer": "true"},
    )  # fmt: skip
    for entity in entities:
        ElementTree.SubElement(
            container, "EntitySet", Name=entity.set_name, EntityType=entity.type_name
        )
    for namespace, relation, entity, role, target in associations:
        whole = ElementTree.SubElement(
            container, "AssociationSet", Name=relation, Association=f"{namespace}.{relation}"
        )
        name = _split(entity.type_name)[1]
        for end, other in ((name, entity), (role, target)):
            ElementTree.SubElement(whole, "End", Role=end, EntitySet=other.set_name)


def write_metadata(entities, metadata):
    """Return the EDMX text of some entities.

    Nested classes are left out: the reference names them without their properties.

    :param entities: the entities of one service
    :param metadata: where the types of collections are looked up
    """
    root = ElementTree.Element(f"{{{EDMX}}}Edmx", Version="1.0")
    services = ElementTree.SubElement(
        root, f"{{{EDMX}}}DataServices", {f"{{{META}}}DataServiceVersion": "2.0"}
    )
    shown, schemas, associations = _with_targets(entities, metadata), {}, []
    for entity in shown:
        namespace = _split(entity.type_name)[0]
        if namespace not in schemas:
            schemas[namespace] = ElementTree.SubElement(
                services, "Schema", xmlns=EDM, Namespace=namespace
            )
        for relation, role, target in _describe(schemas[namespace], entity, metadata):
            associations.append((namespace, relation, entity, role, target))
    last = ElementTree.SubElement(services, "Schema", xmlns=EDM, Namespace=_CONTAINER)
    _add_container(last, shown, associations)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)
