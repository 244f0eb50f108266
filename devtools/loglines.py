"""Complaints in Odoo's log that come from this project."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devtools import paths

HEADER = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ "
    r"(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) (?P<database>\S+) (?P<logger>[^\s:]+): "
    r"(?P<text>.*)"
)
# Odoo colours the level when it thinks somebody watches.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
BAD = {"WARNING", "ERROR", "CRITICAL"}
OURS = "keeping_exact"


@dataclass
class Record:
    """One message of Odoo's log, with the lines that belong to it, such as a traceback."""

    level: str
    logger: str
    text: str
    more: list[str] = field(default_factory=list)

    @property
    def ours(self) -> bool:
        """Tell whether it comes from this project or is about it."""
        # A warning of Python's names the file that is to mend; Odoo adds who called it.
        about = [self.text] if self.logger == "py.warnings" else [self.text, *self.more]
        # The checkout's own folder may well be called after the project.
        return OURS in "\n".join([self.logger, *about]).replace(f"{paths.ROOT}/", "")

    @property
    def passes(self) -> bool:
        """Tell whether it is a conflict of two transactions, after which Odoo tries once more."""
        conflict = "could not serialize access"
        return self.logger == "odoo.sql_db" and conflict in "\n".join([self.text, *self.more])

    def __str__(self) -> str:
        return "\n".join([f"{self.level} {self.logger}: {self.text}", *self.more])


def records(text: str) -> Iterator[Record]:
    """Yield the messages of a log."""
    current = None
    for line in COLOUR.sub("", text).splitlines():
        header = HEADER.match(line)
        if header:
            if current:
                yield current
            current = Record(header["level"], header["logger"], header["text"].strip())
        elif current:
            current.more.append(line)
    if current:
        yield current


def complaints(log: Path, allowed: Collection[str] = ()) -> list[Record]:
    """Return this project's warnings and errors in a log, but those allowed by exact text."""
    return [
        record
        for record in records(log.read_text(errors="replace"))
        if record.level in BAD and record.ours and not record.passes and record.text not in allowed
    ]
