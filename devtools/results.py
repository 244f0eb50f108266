"""Counting what the tests did, from the reports that pytest writes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from devtools import paths


@dataclass
class Result:
    """How many tests passed and failed, and which were skipped, by their full names."""

    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Return how many tests there were."""
        return self.passed + self.failed + len(self.skipped)

    def __add__(self, other: Result) -> Result:
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            [*self.skipped, *other.skipped],
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {len(self.skipped)} skipped"


def read_report(report: Path) -> Result | None:
    """Return what a JUnit report counts, or None when the tests died before writing it."""
    try:
        root = ElementTree.parse(report).getroot()
    except (OSError, ElementTree.ParseError):
        return None
    result = Result()
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            result.failed += 1
        elif "skipped" in kinds:
            result.skipped.append(f"{case.get('classname')}::{case.get('name')}")
        else:
            result.passed += 1
    return result


def forbidden_skips(skipped: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return the skipped tests that are not allowed to be."""
    return sorted(set(skipped) - set(allowed))


def allowed(name: str) -> list[str]:
    """Return a list of exceptions from pyproject.toml, table [tool.keeping_dev].

    Python 3.10 cannot read TOML by itself and this runs before anything is installed, so the list
    is read by its own plain shape: strings in double quotes between brackets.
    """
    text = (paths.ROOT / "pyproject.toml").read_text()
    table = text.partition("[tool.keeping_dev]\n")[2].partition("\n[")[0]
    entry = re.search(rf'^{name} = \[((?:\s*"(?:[^"\\]|\\.)*",?)*)\s*\]', table, re.MULTILINE)
    if not entry:
        raise ValueError(f"pyproject.toml has no list {name} in [tool.keeping_dev]")
    return [re.sub(r"\\(.)", r"\1", text) for text in re.findall(r'"((?:[^"\\]|\\.)*)"', entry[1])]
