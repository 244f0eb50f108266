"""Locks that live as long as a run, not as a transaction of its work.

A run commits after each step, and a row lock in the same cursor would end with the first
commit. So the lock is taken in a cursor of its own. It is an advisory lock and not one on the
row of the administration: an administrator who saves a setting during a long run, and the run
itself, would otherwise wait for that row until the run ends.
"""

import psycopg2

from odoo.tools import SQL

#: What PostgreSQL says when somebody else was at the same rows: try again in a new transaction.
CONFLICTS = (psycopg2.errors.SerializationFailure, psycopg2.errors.DeadlockDetected)

# First key of PostgreSQL's two-key advisory locks; the second is the administration's id.
SENDING = 1_162_380_801
SYNCING = 1_162_380_802
# Second key: a hash of the app.
_CONSENT = 1_162_380_803


def try_administration_lock(cr, purpose, administration_id):
    """Take the lock if nobody holds it; it ends with the transaction of *cr*.

    A process that is killed loses its database connection and with it the lock.

    :param cr: the cursor that holds the lock; nothing else should be done with it
    :param int purpose: SENDING or SYNCING
    :return: whether the lock is ours now
    """
    cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", (purpose, administration_id))
    return cr.fetchone()[0]


def wait_for_consents(cr, app):
    """Wait until nobody else is connecting an app; the lock ends with the transaction of *cr*.

    There is no row to lock: the first consent of an Exact user makes it. What the other one made
    is not seen in this transaction (REPEATABLE READ), so the work needs another cursor.

    :param cr: the cursor that holds the lock; nothing else should be done with it
    :param str app: site and client id
    """
    cr.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_CONSENT, app))


def touch(env, table, column, chosen):
    """Make new versions of rows, in the order of their id; nothing in them changes.

    Whoever has read them earlier and writes them later, a second click, an edit or the sender,
    then ends in a serialization failure and looks again. A plain row lock would let it pass.

    :param str column: any column of the table
    :param SQL chosen: selects the ids
    :return: list of the ids, sorted
    """
    rows = env.execute_query(
        SQL(
            """
            WITH chosen AS (
                SELECT id FROM %(table)s WHERE id IN (%(chosen)s) ORDER BY id FOR UPDATE
            )
            UPDATE %(table)s touched SET %(column)s = touched.%(column)s
              FROM chosen WHERE chosen.id = touched.id
            RETURNING touched.id
            """,
            table=SQL.identifier(table),
            column=SQL.identifier(column),
            chosen=chosen,
        )
    )
    return sorted(row[0] for row in rows)


def these(ids):
    """Return the SQL that selects these ids, for :func:`touch`."""
    return SQL("SELECT unnest(%s::int[])", list(ids))
