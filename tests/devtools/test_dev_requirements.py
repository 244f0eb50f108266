import re
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from devtools import paths, venv

VERSIONS = ["3.10", "3.11", "3.12", "3.13"]


def requirements(name):
    lines = (paths.REQUIREMENTS / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def chosen(version):
    environment = {"python_version": version, "python_full_version": f"{version}.1"}
    return [
        requirement
        for name in venv.LISTS
        for requirement in requirements(name)
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_each_python_gets_each_package_once(version):
    names = [requirement.name.lower() for requirement in chosen(version)]
    assert len(names) == len(set(names))
    everywhere = {requirement.name.lower() for requirement in requirements("odoo.txt")}
    renamed = {"pypdf2", "pypdf", "lxml-html-clean"}
    assert everywhere - set(names) <= renamed
    assert len(renamed & set(names)) >= 1


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_asked_for_that_needs_a_compiler(version):
    names = {requirement.name.lower() for requirement in chosen(version)}
    assert not names & {"psycopg2", "python-ldap"}
    assert "psycopg2-binary" in names


@pytest.mark.parametrize("version", ["3.9", "3.14"])
def test_ranges_leave_no_gap_at_their_ends(version):
    # An unsupported neighbour gets the same set as the version next to it: no range is cut short.
    names = {requirement.name.lower() for requirement in chosen(version)}
    nearest = "3.10" if version == "3.9" else "3.13"
    assert names == {requirement.name.lower() for requirement in chosen(nearest)}


def test_tools_have_an_upper_end_and_a_reason():
    lines = (paths.REQUIREMENTS / "tools.txt").read_text().split("\n\n", 1)[1].splitlines()
    for reason, line in zip(lines[::2], lines[1::2], strict=True):
        assert reason.startswith("# ") and len(reason) > 20
        assert re.search(r"==|<", line), line


def test_this_environment_is_what_the_lists_say():
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for requirement in chosen(version):
        assert requirement.specifier.contains(metadata.version(requirement.name)), requirement
