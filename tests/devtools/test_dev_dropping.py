"""Databases are dropped also while PostgreSQL is still busy in them."""

import pytest

from devtools import console, databases

BUSY = "PostgreSQL refuses (ERROR: permission denied to terminate process DETAIL: Only roles …)."


class Busy:
    """A server that answers with these problems first."""

    def __init__(self, *problems):
        self.problems = list(problems)
        self.statements = []

    def sql(self, statement):
        self.statements.append(statement)
        if self.problems:
            raise console.Problem(self.problems.pop(0))
        return []


def test_a_database_that_is_being_tidied_up_is_dropped_a_moment_later():
    server = Busy(BUSY, BUSY)
    databases.drop(server, "no-such-database")
    assert len(server.statements) == 3


def test_other_problems_are_told_at_once():
    server = Busy("PostgreSQL refuses (disk full).")
    with pytest.raises(console.Problem, match="disk full"):
        databases.drop(server, "no-such-database")
    assert len(server.statements) == 1
