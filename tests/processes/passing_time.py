"""Time that passes for the limits of calls, which go by the database's clock."""

import json


def age_limits(sql, seconds):
    """Have all that is known of Exact's limits be so much older.

    :param sql: executes a statement with its arguments, and returns its rows
    :param float seconds: that pass
    """
    for limit_id, text in sql("SELECT id, state FROM keeping_exact_limit WHERE state IS NOT NULL"):
        state = json.loads(text)
        for window in (state["minute"], state["day"]):
            if window["over_at"] is not None:
                window["over_at"] -= seconds
        state["underway"] = _earlier(state["underway"], seconds)
        for name in ("errors", "waiting", "blocked"):
            state[name] = _earlier(state[name], seconds)
        sql("UPDATE keeping_exact_limit SET state = %s WHERE id = %s", json.dumps(state), limit_id)


def _earlier(found, seconds):
    if isinstance(found, dict):
        return {name: _earlier(value, seconds) for name, value in found.items()}
    if isinstance(found, list):
        return [_earlier(value, seconds) for value in found]
    return found - seconds
