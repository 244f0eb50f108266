"""Which databases of this server use an app of Exact, as files in Odoo's data directory.

Exact keeps one chain of tokens per app and user: whoever connects ends the connection of another
database that uses both (API reference, chapter 1.4). Databases do not see one another, but those
of one server share the data directory. Each leaves one file per grant there; the name tells app,
Exact user and database as hashes, the contents which database it is. No secret is in it.
"""

import hashlib
import json
import logging
import os
import tempfile

from odoo.tools import config

from . import identity

_logger = logging.getLogger(__name__)


def put(cr, site_url, client_id, exact_user):
    """Leave the mark of this database; whole or not at all.

    :param cr: a cursor of this database
    :param str site_url: base address of the site: the same app elsewhere is another one
    """
    who = identity.get_identity(cr)
    path = _path(site_url, client_id, exact_user, who)
    try:
        os.makedirs(_folder(), mode=0o700, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=_folder(), prefix=".")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**who, "database": cr.dbname}, file)
        os.replace(draft, path)
    except OSError as error:
        # Without it other databases are not warned; connecting works all the same.
        _logger.warning("No mark could be left in %s: %s", _folder(), error)


def remove(cr, site_url, client_id, exact_user):
    """Take away the mark of this database."""
    _unlink(_path(site_url, client_id, exact_user, identity.get_identity(cr)))


def others(cr, site_url, client_id, exact_user=None):
    """Return the names of other databases that use an app.

    Marks of databases that this server no longer has are taken away.

    :param str exact_user: UserID; without one, whoever the user is
    """
    who = identity.get_identity(cr)
    start = f"{_hash(site_url, client_id)}-{_hash(exact_user) if exact_user else ''}"
    mine = f"-{_hash(identity.dump(who))}"
    found = set()
    for name in _names():
        if not name.startswith(start) or name.endswith(mine):
            continue
        mark = _read(name)
        if not mark:
            continue
        if _is_gone(cr, mark, who):
            _unlink(os.path.join(_folder(), name))
        else:
            found.add(mark["database"])
    return sorted(found)


def _folder():
    return os.path.join(config["data_dir"], "keeping_exact_connector", "apps")


def _path(site_url, client_id, exact_user, who):
    parts = (_hash(site_url, client_id), _hash(exact_user), _hash(identity.dump(who)))
    return os.path.join(_folder(), "-".join(parts))


def _hash(*parts):
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _names():
    try:
        return sorted(os.listdir(_folder()))
    except OSError:
        return []


def _read(name):
    try:
        with open(os.path.join(_folder(), name), encoding="utf-8") as file:
            mark = json.load(file)
        return mark if mark["database"] and mark["oid"] else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _is_gone(cr, mark, who):
    """Tell whether the database of a mark was on this very server and is there no more.

    A database that was dropped and restored has a new number, and leaves a mark of its own.
    """
    if "system" not in mark or mark["system"] != who.get("system"):
        return False
    cr.execute("SELECT 1 FROM pg_database WHERE oid::text = %s", (mark["oid"],))
    return not cr.rowcount


def _unlink(path):
    try:
        os.unlink(path)
    except OSError:
        return
