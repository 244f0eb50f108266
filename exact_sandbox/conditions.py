"""What a test sets up well or badly, as an administrator or a bookkeeper of Exact would.

Each function takes the JSON body of a request to the control listener, and raises ValueError,
KeyError or TypeError when it makes no sense.
"""

from decimal import Decimal

from .entities.periods import make_year, remove_year, set_closed
from .errors import ApiError
from .licence import get_licence, set_licence
from .odata.payload import read_value
from .upkeep import set_status

_GROUPS, _UNITS = "Logistics/ItemGroups", "Logistics/Units"
_COLUMNS = {
    "default_journal": "Financial/Journals",
    "default_payment_condition": "Cashflow/PaymentConditions",
}


def _context(sandbox, division):
    """Return a context in an administration; what is made there is its owner's work."""
    if sandbox.administration(division) is None:
        raise ValueError(f"There is no administration {division}.")
    owner = sandbox.users.get(sandbox.users.all()[0]["id"])
    return sandbox.context(division, owner)


def change_periods(sandbox, division, year, journal=None, period=None, closed=None, exists=None):
    """Close or open periods for journals, or make or remove a financial year.

    :param journal: the code of a journal; None for all
    :param period: the number of a period; None for the whole year
    :param closed: True closes, False opens
    :param exists: True makes the year, False removes it
    """
    context = _context(sandbox, division)
    if type(year) is not int or (closed is None) == (exists is None):
        raise ValueError("Periods take a year, and either closed or exists.")
    with sandbox.store.transaction():
        if exists is None:
            set_closed(context, journal, year, period, bool(closed))
        elif exists:
            make_year(context, year)
        else:
            remove_year(context, year)
    return {"year": year, "closed": closed, "exists": exists}


def change_licence(sandbox, division, **changes):
    """Give an administration a licence (see :func:`~exact_sandbox.licence.set_licence`)."""
    _context(sandbox, division)
    set_licence(sandbox.store, division, **changes)
    return get_licence(sandbox.store, division)


def _set_default(context, entity, name, code):
    """Mark the row with a code as the default, and no other; None marks none."""
    rows = context.rows.find(context.division, entity)
    if code is not None and code not in {row.data["Code"] for row in rows}:
        raise ValueError(f"There is no {code!r} in {entity}.")
    for row in rows:
        row.data[name] = int(row.data["Code"] == code)
        context.rows.save(row)


def change_administration(sandbox, code, **changes):
    """Change the state of an administration, or its defaults; null takes one of these away.

    :param code: the number of the administration
    :param changes: ``status`` (see :func:`set_status`); default_journal, default_unit,
        default_payment_condition, default_item_group: codes
    """
    context = _context(sandbox, code)
    with sandbox.store.transaction():
        for name, value in changes.items():
            if name == "status":
                set_status(sandbox, code, value)
            elif name == "default_item_group":
                _set_default(context, _GROUPS, "IsDefault", value)
            elif name == "default_unit":
                _set_default(context, _UNITS, "Main", value)
            elif name not in _COLUMNS:
                raise ValueError(f"An administration has no {name!r}.")
            elif value is not None and not context.lookup(_COLUMNS[name], "Code", value):
                raise ValueError(f"There is no {value!r} in {_COLUMNS[name]}.")
            else:
                sandbox.store.execute(
                    f"UPDATE administrations SET {name} = ? WHERE code = ?", value, code
                )
    record = sandbox.administration(code)
    return {name: record[name] for name in ("code", "name", "currency", *_COLUMNS)}


def _exact(value):
    """Return a number as it was written; the control listener's JSON has binary fractions."""
    return Decimal(str(value)) if isinstance(value, float) else value


def change_rows(sandbox, division, path, where, values):
    """Change stored rows as they are, past every rule: a group without accounts, a blocked item.

    :param path: the address of the entity, ``logistics/Items``
    :param where: values by property that tell which rows
    :param values: the new values by property; null empties one
    :return: how many rows there were
    """
    entity_type = sandbox.metadata.by_route(path)
    if entity_type is None or not where or not values:
        raise ValueError("Rows take an address, where, and values.")
    handler = sandbox.entities[entity_type.name]
    context = _context(sandbox, division)
    try:
        typed = {
            name: read_value(name, entity_type.properties[name].type, _exact(value))
            for name, value in values.items()
        }
    except ApiError as error:
        raise ValueError(error.message) from error
    with sandbox.store.transaction():
        found = _find_rows(context, entity_type.name, where)
        for row in found:
            row.data.update(typed)
            handler.save(context, row)
    return {"changed": len(found)}


def _find_rows(context, entity, where):
    """Return the rows with these values; ValueError when there are none."""
    wanted = {name: str(value).strip() for name, value in where.items()}
    found = [
        row
        for row in context.rows.find(context.division, entity)
        if {name: str(row.get(name, "")).strip() for name in wanted} == wanted
    ]
    if not found:
        raise ValueError(f"No row of {entity} is {where}.")
    return found


def delete_rows(sandbox, division, path, where):
    """Delete rows, past every rule, as a bookkeeper deletes a payment condition in the browser.

    :param path: the address of the entity, ``cashflow/PaymentConditions``
    :param where: values by property that tell which rows
    :return: how many rows there were
    """
    entity_type = sandbox.metadata.by_route(path)
    if entity_type is None or not where:
        raise ValueError("Rows take an address and where.")
    context = _context(sandbox, division)
    with sandbox.store.transaction():
        found = _find_rows(context, entity_type.name, where)
        for row in found:
            context.rows.delete(row)
    return {"deleted": len(found)}
