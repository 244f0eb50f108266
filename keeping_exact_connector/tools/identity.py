"""Which database this is: to know a copy from the original (promise 5).

Two databases with the same tokens end the connection for each other, so a copy must not reach
Exact. Odoo's own ``database.uuid`` is copied along; the number that PostgreSQL gives a database
and the number of the server are not.
"""

import json

PARTS = ("uuid", "oid", "system")


def get_identity(cr):
    """Return the identity of the database of a cursor, a dict of texts.

    ``uuid`` is Odoo's, ``oid`` PostgreSQL's number of the database, ``system`` that of the
    server; the last one is left out where this role may not ask for it.
    """
    cr.execute(
        """
        SELECT (SELECT value FROM ir_config_parameter WHERE key = 'database.uuid'),
               (SELECT oid::text FROM pg_database WHERE datname = current_database()),
               has_function_privilege('pg_control_system()', 'EXECUTE')
        """
    )
    uuid, oid, may_ask = cr.fetchone()
    identity = {"uuid": uuid or "", "oid": oid}
    if may_ask:
        cr.execute("SELECT system_identifier::text FROM pg_control_system()")
        identity["system"] = cr.fetchone()[0]
    return identity


def dump(identity):
    """Return an identity as text to store."""
    return json.dumps(identity, sort_keys=True)


def is_same(stored, identity):
    """Tell whether a stored identity is this one.

    Only what both know is compared: a role may lose or gain the right to ask.

    :param str stored: what :func:`dump` gave; nothing stored tells nothing
    :param dict identity: of :func:`get_identity`
    """
    if not stored:
        return True
    known = json.loads(stored)
    return all(
        known[part] == identity[part] for part in PARTS if part in known and part in identity
    )
