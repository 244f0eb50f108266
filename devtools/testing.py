"""./dev test: pytest for what stands alone, pytest-odoo for the add-on, a browser for the whole."""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devtools import (
    browser,
    console,
    databases,
    loglines,
    odoo,
    paths,
    processes,
    results,
    services,
    steps,
    third_party,
)
from devtools import workshop as workshops
from devtools.results import Result
from devtools.workshop import Workshop

TESTS = paths.ROOT / "tests"
E2E = TESTS / "e2e"
PROCESSES = TESTS / "processes"
# Public clients of Exact Online against the sandbox; their packages come from the index.
THIRD_PARTY = TESTS / "third_party"
# In this order they are prepared and started: first what needs no database, since the others wait
# for the templates when these are to be made; then what takes longest, so that the short ones fill
# up. fast leaves out the browser, all leaves out nothing.
PARTS = {
    "all": ("plain", "odoo", "processes", "e2e", "sale", "third_party"),
    "fast": ("plain", "odoo", "sale"),
    "odoo": ("odoo",),
    "sale": ("sale",),
    "e2e": ("e2e",),
    "soak": ("plain", "processes"),
}
# Tests with this mark have a long form, which the variable chooses.
SOAK_ONLY = ["-m", "soak"]
# More than the processors of a small machine: the parts with servers often wait for them.
AT_ONCE = (os.cpu_count() or 1) + 3
SOAK_VARIABLE = "KEEPING_SOAK"
NO_TESTS = 5
# The add-ons tested in the part odoo, and in the part sale.
ADDON = paths.ROOT / databases.ADDON
SALE = [paths.ROOT / name for name in databases.BESIDE_SALES.glue]
# What of our add-on is tested beside sales orders too, without waiting for the sandbox once more.
BESIDE = ("test_hours_choice.py", "test_timesheet_state.py", "test_guard.py", "test_unbilled.py")


@dataclass
class Part:
    """One run of pytest: what it tests, how it is started and what came of it."""

    name: str
    targets: list[str]
    options: list[str]
    environment: dict[str, str]
    logs: list[Path] = field(default_factory=list)
    started: float = 0
    spent: float = 0
    pid: int = 0

    @property
    def report(self) -> Path:
        """Return the path of its JUnit report."""
        return paths.REPORTS / f"{self.name}.xml"


def owner(path: str) -> str | None:
    """Return the part that a pytest argument belongs to, when it names a file or folder."""
    target = (paths.ROOT / path.partition("::")[0]).resolve()
    if path.startswith("-") or not target.exists() or not target.is_relative_to(paths.ROOT):
        return None
    if target.is_relative_to(E2E):
        return "e2e"
    if target.is_relative_to(PROCESSES):
        return "processes"
    if target.is_relative_to(THIRD_PARTY):
        return "third_party"
    if target.is_relative_to(TESTS):
        return "plain"
    return "sale" if any(target.is_relative_to(folder) for folder in SALE) else "odoo"


def choose(part: str, args: Sequence[str]) -> dict[str, list[str]]:
    """Return the parts to run with the paths asked for; no paths mean all that a part has.

    Whoever names the part sale may run any test of our add-on beside sales orders.
    """
    asked: dict[str, list[str]] = {}
    for arg in args:
        belongs = owner(arg)
        if belongs == "odoo" and part == "sale":
            belongs = "sale"
        if belongs:
            asked.setdefault(belongs, []).append(arg)
    return {name: asked.get(name, []) for name in PARTS[part] if not asked or name in asked}


def _halve(folder: Path) -> list[list[str]]:
    """Return the test files of a folder in two shares: of each four names, the inner and outer two.

    Measured: taken in turns, one half of tests/processes takes twice as long as the other.
    """
    files = sorted(str(path) for path in folder.glob("test_*.py"))
    outer = {*files[0::4], *files[3::4]}
    return [[file for file in files if (file in outer) is wanted] for wanted in (True, False)]


def _plain(targets: list[str]) -> Part:
    environment = paths.child_environment(PYTHONPATH=str(paths.ROOT))
    others = (E2E, PROCESSES, THIRD_PARTY)
    options = [f"--ignore={folder}" for folder in others] if not targets else []
    return Part("plain", targets or [str(TESTS)], options, environment)


def _third_party(targets: list[str]) -> Part:
    third_party.prepare()
    environment = paths.child_environment(PYTHONPATH=str(paths.ROOT))
    return Part("third_party", targets or [str(THIRD_PARTY)], [], environment)


def _with_servers(name: str, targets: list[str]) -> Part:
    environment = paths.child_environment(PYTHONPATH=str(paths.ROOT), **browser.environment())
    return Part(name, targets, [], environment)


def _sale(targets: list[str], shop: Workshop, stack: contextlib.ExitStack) -> Part:
    glue = [str(folder / "tests") for folder in SALE]
    beside = [str(ADDON / "tests" / name) for name in BESIDE]
    return _in_odoo("sale", targets or [*glue, *beside], databases.BESIDE_SALES, shop, stack)


def _in_odoo(
    part: str,
    targets: list[str],
    beside: databases.Surroundings,
    shop: Workshop,
    stack: contextlib.ExitStack,
) -> Part:
    """Prepare tests that run inside Odoo, on a fresh database with our add-ons."""
    template = shop.addon_template(beside)
    name = stack.enter_context(databases.fresh(shop.server, template.name, part))
    config = odoo.write_config(name, shop.source, shop.server, name)
    stack.callback(config.unlink)
    log = processes.log_file(f"test-{part}")
    log.unlink(missing_ok=True)
    return Part(
        part,
        targets,
        [
            "-p",
            "odoo",
            "--disable-warnings",
            "--odoo-http",
            "--odoo-log-level=info",
            f"--odoo-extra=logfile={log}",
        ],
        odoo.environment(shop.source, config),
        [template.log, log],
    )


def _start(part: Part, args: Sequence[str]) -> subprocess.Popen:
    part.report.unlink(missing_ok=True)
    part.started = time.monotonic()
    return subprocess.Popen(
        [
            str(paths.PYTHON),
            "-m",
            "pytest",
            *part.options,
            f"--junitxml={part.report}",
            f"--override-ini=cache_dir={paths.DEV / 'cache' / f'pytest-{part.name}'}",
            *args,
            *part.targets,
        ],
        cwd=paths.ROOT,
        env={**part.environment, **processes.mark()},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=processes.die_with_parent,
    )


def _pass_on(part: Part, process: subprocess.Popen, ended: queue.SimpleQueue) -> None:
    """Print what a part says, each line marked with its name; then say that it has ended."""
    try:
        for line in process.stdout:
            print(f"[{part.name}] {line.rstrip()}", flush=True)
    finally:
        part.spent = time.monotonic() - part.started
        ended.put(part)


def run_parts(
    parts: Iterable[Part], args: Sequence[str], at_once: int = AT_ONCE
) -> list[tuple[Part, int]]:
    """Run parts side by side and return them with their exit codes.

    :param parts: started in this order, each as soon as it is given and there is room for it.
    :param at_once: how many run at the same time.
    """
    running: list[tuple[Part, subprocess.Popen]] = []
    ended: queue.SimpleQueue = queue.SimpleQueue()
    try:
        for position, part in enumerate(parts):
            if position >= at_once:
                ended.get()
            # Started here and not in a thread: a child ends with the thread that started it.
            process = _start(part, args)
            running.append((part, process))
            part.pid = process.pid
            reader = threading.Thread(target=_pass_on, args=(part, process, ended), daemon=True)
            reader.start()
        for _part in running[:at_once]:
            ended.get()
        return [(part, process.wait()) for part, process in running]
    finally:
        for _part, process in running:
            processes.stop(process)


def judge(part: Part, code: int, narrowed: bool) -> Result:
    """Return what a part counts, and say what is wrong besides failed tests.

    :param narrowed: pytest got arguments of the caller's, which may leave a part without tests.
    """
    result = results.read_report(part.report)
    if result is None:
        console.say(f"the tests of part {part.name} died before they could report (exit {code})")
        return Result(failed=1)
    if result.total == 0 and not (narrowed and code == NO_TESTS):
        console.say(f"part {part.name} has no tests, which is not a success")
        result.failed += 1
    elif code not in (0, NO_TESTS) and not result.failed:
        console.say(f"pytest ended part {part.name} with exit code {code}")
        result.failed += 1
    for name in results.forbidden_skips(result.skipped, results.allowed("allowed_skips")):
        console.say(f"skipped without leave: {name}")
    # What tests/processes does on purpose, Odoo reports as errors; a walk in the browser has none.
    for log in [*part.logs, *(services.logs_of(part.pid) if part.name.startswith("e2e") else ())]:
        for record in loglines.complaints(log, results.allowed("allowed_log_lines")):
            console.say(f"this project complains in {log}: {record}")
            result.failed += 1
    return result


def _prepare(
    name: str, targets: list[str], shop: Workshop, stack: contextlib.ExitStack
) -> list[Part]:
    """Return the runs of pytest that a part consists of."""
    # Templates are made here, so that their time does not count as the first test's.
    if name == "odoo":
        return [
            _in_odoo(part, share, databases.ALONE, shop, stack)
            for part, share in _share(name, targets, ADDON / "tests")
        ]
    if name == "e2e":
        shop.browser_template()
        return [_with_servers(part, share) for part, share in _share(name, targets, E2E)]
    if name == "processes":
        shop.best_template()
        if os.environ.get(SOAK_VARIABLE):
            # Its storm ends PostgreSQL itself, which nothing beside it would survive.
            targets = targets or [str(PROCESSES)]
        return [_with_servers(part, share) for part, share in _share(name, targets, PROCESSES)]
    if name == "sale":
        return [_sale(targets, shop, stack)]
    return [_third_party(targets) if name == "third_party" else _plain(targets)]


def _prepared(
    chosen: Mapping[str, list[str]], shop: Workshop, stack: contextlib.ExitStack, total: Result
) -> Iterator[Part]:
    """Prepare one part after the other, while those before it run already.

    :param total: where a part that cannot be prepared is counted.
    """
    for name, targets in chosen.items():
        try:
            prepared = _prepare(name, targets, shop, stack)
        except console.Problem as problem:
            # Say so, and still run what does not depend on it.
            console.say(f"part {name} cannot start: {problem}")
            total.failed += 1
        else:
            yield from prepared


def _share(name: str, targets: list[str], folder: Path) -> list[tuple[str, list[str]]]:
    """Return names and targets of the runs of a part, in halves; of what was asked for, one."""
    if targets:
        return [(name, targets)]
    return [
        (name if position == 0 else f"{name}_{position + 1}", share)
        for position, share in enumerate(_halve(folder))
    ]


def main(wanted: str, args: Sequence[str]) -> int:
    """Run the tests; the last line printed counts them, the exit code is the truth."""
    chosen = choose(wanted, args)
    if not chosen:
        raise console.Problem(f"part {wanted} has none of the tests asked for.")
    rest = [arg for arg in args if owner(arg) is None]
    if wanted == "soak":
        rest = [*SOAK_ONLY, *rest]
        os.environ[SOAK_VARIABLE] = "1"
    total = Result()
    # Reports and logs have fixed names, so that a person finds them.
    with steps.exclusive(paths.DEV / "test.lock", "testing"), workshops.workshop() as shop:
        if "e2e" in chosen:
            browser.prepare()
        services.drop_old_logs()
        with contextlib.ExitStack() as stack:
            for part, code in run_parts(_prepared(chosen, shop, stack, total), rest):
                result = judge(part, code, narrowed=bool(rest))
                console.say(f"part {part.name}: {result} ({console.elapsed(part.spent)})")
                total += result
    if total.total == 0:
        console.say("no test ran, which is not a success")
    bad = results.forbidden_skips(total.skipped, results.allowed("allowed_skips"))
    print(total, flush=True)
    return 1 if total.failed or bad or total.total == 0 else 0
