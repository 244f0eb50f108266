"""Databases: templates that are made once, and fresh copies of them for every run."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devtools import console, odoo, paths, postgres, processes, steps, venv
from devtools.postgres import Server
from devtools.source import Source

ADDON = "keeping_exact_connector"
DEMO = "demo"
KEPT_TEMPLATES = 6
TIDY_SECONDS = 30
TIDYING = "permission denied to terminate process"
# Changes when what this file does to a template changes.
RECIPE = 2
# Attachments in the database make a copy of it complete. Telling Odoo's maker of each of these
# databases, or asking there what is known of the demo's companies, is no use to anyone.
FINISH = """
env["ir.config_parameter"].set_param("ir_attachment.location", "db")
env["ir.attachment"].force_storage()
notice = env.ref("mail.ir_cron_module_update_notification", raise_if_not_found=False)
if notice:
    notice.active = False
companies = env["res.company"].search([])
if "iap_enrich_auto_done" in companies._fields:
    companies.iap_enrich_auto_done = True
env.cr.commit()
"""
# Odoo makes these at the first page that asks for them, which takes longer than most tests.
BUNDLES = """
make = env["ir.qweb"]._get_asset_bundle
make("web.assets_frontend", js=False).css()
make("web.assets_frontend_minimal", css=False).js()
make("web.assets_frontend_lazy", css=False).js()
make("web.assets_web_print", js=False).css()
make("web.assets_web", js=False).css()
make("web.assets_web", css=False).js()
make("web.assets_emoji", css=False).js()
make("bus.websocket_worker_assets", css=False).js()
env.cr.commit()
"""


@dataclass(frozen=True)
class Surroundings:
    """What our add-on is installed beside, and which of our add-ons come with it there.

    :ivar modules: Odoo's own modules that are there first.
    :ivar glue: our add-ons that install themselves then; when one does not, making fails.
    """

    modules: tuple[str, ...]
    glue: tuple[str, ...] = ()

    @property
    def addons(self) -> tuple[str, ...]:
        """Return all of our add-ons that are installed there."""
        return (ADDON, *self.glue)


# Ours depends on these modules only, so most of it is tested beside nothing else.
ALONE = Surroundings(("hr_timesheet",))
BESIDE_SALES = Surroundings(("sale_timesheet",), ("keeping_exact_connector_sale",))


@dataclass(frozen=True)
class Template:
    """A database to copy, and what Odoo said while it was made."""

    name: str
    log: Path


def addon_folders() -> list[Path]:
    """Return the add-ons of this checkout."""
    return sorted(manifest.parent for manifest in paths.ROOT.glob("*/__manifest__.py"))


def exists(server: Server, name: str) -> bool:
    """Tell whether the server has a database of this name."""
    return bool(server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def drop(server: Server, name: str) -> None:
    """Drop a database with its connections and its files."""
    end = time.monotonic() + TIDY_SECONDS
    while True:
        try:
            server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            break
        except console.Problem as problem:
            # After much writing PostgreSQL is still tidying up there, in a process of its own,
            # which only a superuser may end: it comes to its end by itself.
            if TIDYING not in str(problem) or time.monotonic() > end:
                raise
            time.sleep(0.2)
    shutil.rmtree(paths.DATA / "filestore" / name, ignore_errors=True)


def copy(server: Server, template: str, name: str) -> None:
    """Make a database as a copy of another one; an old one of this name is dropped."""
    drop(server, name)
    postgres.wait_for_quiet(server, template)
    server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def set_parameters(server: Server, database: str, **parameters: str) -> None:
    """Set system parameters of Odoo's in a database that no Odoo has open; dots as __."""
    for key, value in parameters.items():
        server.sql(
            "INSERT INTO ir_config_parameter (key, value, create_date, write_date)"
            f" VALUES ('{key.replace('__', '.')}', '{value}', now(), now())"
            " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
            database,
        )


def base_key(source: Source, beside: Surroundings = ALONE) -> str:
    """Return what the template without our add-on depends on."""
    return steps.digest(RECIPE, source.build, venv.key(), beside.modules)


def addon_key(source: Source, beside: Surroundings = ALONE) -> str:
    """Return what the template with our add-on depends on."""
    folders = [folder for folder in addon_folders() if folder.name in beside.addons]
    return steps.digest(base_key(source, beside), steps.tree_digest(folders))


def browser_key(source: Source, beside: Surroundings = ALONE) -> str:
    """Return what the template for browsers depends on.

    Odoo knows its scripts and styles by when their files were written, too.
    """
    static = (path for folder in addon_folders() for path in folder.glob("static/src/**/*"))
    written = sorted((str(path.relative_to(paths.ROOT)), path.stat().st_mtime) for path in static)
    return steps.digest(addon_key(source, beside), BUNDLES, written)


def _install(
    source: Source,
    server: Server,
    name: str,
    modules: tuple[str, ...],
    log: Path,
    *,
    come_along: tuple[str, ...] = (),
    with_demo: bool = True,
) -> None:
    config = odoo.write_config(f"install-{name}", source, server, name, with_demo=with_demo)
    words = f"Installing {', '.join(modules)} in Odoo"
    try:
        odoo.run(
            source,
            config,
            ["server", "-i", ",".join(modules), "--stop-after-init", "--no-http"],
            title=words,
            log=log,
        )
    finally:
        config.unlink()
    wanted = ", ".join(f"'{module}'" for module in (*modules, *come_along))
    installed = server.sql(
        f"SELECT count(*) FROM ir_module_module WHERE state = 'installed' AND name IN ({wanted})",
        name,
    )
    if installed != [str(len(modules) + len(come_along))]:
        raise processes.failure(words, log)


def _finish(source: Source, server: Server, name: str, title: str, script: str) -> None:
    config = odoo.write_config(f"finish-{name}", source, server, name)
    try:
        odoo.run(
            source,
            config,
            ["shell", "--no-http"],
            title=title,
            log=processes.log_file("finish-template"),
            stdin=script,
        )
    finally:
        config.unlink()


def _build(server: Server, name: str, make) -> None:
    """Make a template under another name first, so that it is there whole or not at all."""
    unfinished = f"building-{name}"
    try:
        make(unfinished)
        postgres.wait_for_quiet(server, unfinished)
        server.sql(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    except BaseException:
        with contextlib.suppress(console.Problem):
            drop(server, unfinished)
        raise
    shutil.rmtree(paths.DATA / "filestore" / unfinished, ignore_errors=True)


def base_template(source: Source, server: Server, beside: Surroundings = ALONE) -> Template:
    """Return the template with what our add-on stands beside, made first when it is not there.

    Call with the set-up lock.
    """
    key = base_key(source, beside)
    found = Template(server.name(f"tmpl-{key}"), processes.log_file(f"install-{key}"))
    if not exists(server, found.name):
        # Its people and projects are enough; more demo data would only take time.
        first = None if beside == ALONE else base_template(source, server)

        def make(name: str) -> None:
            if first:
                copy(server, first.name, name)
            else:
                drop(server, name)
                server.sql(
                    f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"
                )
            _install(source, server, name, beside.modules, found.log, with_demo=not first)
            _finish(source, server, name, "Completing the template database", FINISH)

        _build(server, found.name, make)
        _tidy(server, key, *_base_keys(source))
    return found


def addon_template(source: Source, server: Server, beside: Surroundings = ALONE) -> Template:
    """Return the template with our add-on, made first when it is not there.

    Call with the set-up lock.
    """
    key = addon_key(source, beside)
    found = Template(server.name(f"tmpl-{key}"), processes.log_file(f"install-{key}"))
    # Its log is part of it: the tests look for complaints in it.
    if not (exists(server, found.name) and found.log.exists()):
        drop(server, found.name)
        base = base_template(source, server, beside)

        def make(name: str) -> None:
            copy(server, base.name, name)
            _install(source, server, name, (ADDON,), found.log, come_along=beside.glue)

        _build(server, found.name, make)
        _tidy(server, key, *_base_keys(source))
    return found


def browser_template(source: Source, server: Server, beside: Surroundings = ALONE) -> Template:
    """Return the template with our add-on and what a browser loads, made first when not there.

    One of its own: who runs no browser does not wait for scripts and styles.
    Call with the set-up lock.
    """
    key = browser_key(source, beside)
    addon = addon_template(source, server, beside)
    found = Template(server.name(f"tmpl-{key}"), addon.log)
    if not exists(server, found.name):

        def make(name: str) -> None:
            copy(server, addon.name, name)
            _finish(source, server, name, "Making scripts and styles", BUNDLES)

        _build(server, found.name, make)
        _tidy(server, key, addon_key(source, beside), *_base_keys(source))
    return found


def _base_keys(source: Source) -> list[str]:
    return [base_key(source, beside) for beside in (ALONE, BESIDE_SALES)]


def _tidy(server: Server, *needed: str) -> None:
    """Drop templates that nothing is made from any more, with their logs.

    The newest stay: another ./dev may be about to copy one, and going back to the code of a moment
    ago is common. The order of making is that of the server's own numbers.

    :param needed: the keys of the one just made, and of those that others are made from: they are
        the oldest after a few changes of the add-on, and take by far the longest to make.
    """
    mark = re.escape(server.suffix)
    pattern = re.compile(rf"(building-)?tmpl-([0-9a-f]{{12}}){mark}")
    names = server.sql("SELECT datname FROM pg_database ORDER BY oid DESC")
    found = [match for match in map(pattern.fullmatch, names) if match]
    whole = [match[2] for match in found if not match[1]]
    keep = {*needed, *whole[:KEPT_TEMPLATES]}
    for match in found:
        if match[1] or match[2] not in keep:
            drop(server, match[0])
            processes.log_file(f"install-{match[2]}").unlink(missing_ok=True)


def drop_abandoned(server: Server) -> None:
    """Drop the fresh copies of runs that were killed before they could."""
    mark = re.escape(server.suffix)
    for name in server.sql("SELECT datname FROM pg_database"):
        match = re.fullmatch(rf"run-[a-z0-9]+-(\d+)(?:-\d+)?{mark}", name)
        if match and not processes.alive(int(match[1])):
            drop(server, name)


_numbers: dict[str, int] = {}


@contextlib.contextmanager
def fresh(server: Server, template: str, kind: str) -> Iterator[str]:
    """Have a copy of a template for a while. Call where no other copy can be made meanwhile.

    :param kind: what it is for, in small letters and digits; part of its name.
    """
    number = _numbers[kind] = _numbers.get(kind, 0) + 1
    name = server.name(f"run-{kind}-{os.getpid()}-{number}")
    with steps.exclusive(paths.DEV / "copy.lock", "copying a database"):
        drop_abandoned(server)
        copy(server, template, name)
    try:
        yield name
    finally:
        drop(server, name)
