"""The command line of ./dev."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import signal
import sys
import traceback
from collections.abc import Sequence

from devtools import console, paths

DESCRIPTION = """\
Everything runs from this checkout and stays in its folder .dev, which may be removed at any time.
The first run downloads Odoo 19, its Python packages and PostgreSQL, and takes a few minutes.

Set ODOO_PATH to use an Odoo 19 you have, PGHOST (PGPORT, PGUSER, PGPASSWORD) to use a PostgreSQL
server you have."""


def _demo(options: argparse.Namespace) -> int:
    from devtools import workshop

    # Before the import: the demo talks HTTP with packages that only the environment has.
    workshop.enter_environment(paths.ROOT / "dev")
    from devtools import demo

    return demo.main(stay=not options.exit, keep=options.keep)


def _test(options: argparse.Namespace) -> int:
    from devtools import testing

    return testing.main(options.part, options.args)


def _soak(options: argparse.Namespace) -> int:
    from devtools import testing

    return testing.main("soak", options.args)


def _bench(options: argparse.Namespace) -> int:
    from devtools import workshop

    # Before the import: it talks HTTP with packages that only the environment has.
    workshop.enter_environment(paths.ROOT / "dev")
    from benchmarks import run

    return run.main(options.rows, quick=options.quick, json=options.json)


def _lint(options: argparse.Namespace) -> int:
    from devtools import linting

    return linting.main(fix=options.fix)


def _sandbox(options: argparse.Namespace) -> int:
    from devtools import commands

    return commands.sandbox(fresh=options.fresh, args=options.args)


def _odoo(options: argparse.Namespace) -> int:
    from devtools import commands

    return commands.run_odoo(options.args)


def _shell(options: argparse.Namespace) -> int:
    from devtools import commands

    return commands.shell(options.args)


def _psql(options: argparse.Namespace) -> int:
    from devtools import commands

    return commands.psql(options.args)


def parser() -> argparse.ArgumentParser:
    """Return the parser of ./dev's command line."""
    top = argparse.ArgumentParser(
        prog="./dev",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(metavar="command", required=True)

    def add(name: str, run, words: str, **more) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words, **more)
        command.set_defaults(run=run, args=[])
        return command

    demo = add("demo", _demo, "bill Odoo's demo hours in a local stand-in for Exact Online")
    demo.add_argument("--exit", action="store_true", help="stop after the invoice is printed")
    demo.add_argument(
        "--keep", action="store_true", help="go on with the last demo's data instead of anew"
    )
    test = add(
        "test",
        _test,
        "run the tests",
        epilog="What follows -- goes to pytest: ./dev test odoo -- -k token -x",
    )
    test.add_argument(
        "part",
        nargs="?",
        choices=("all", "fast", "odoo", "sale", "e2e"),
        default="all",
        help="fast: no browser, no long waits; odoo: the add-on's; sale: beside sales orders; "
        "e2e: in a browser; default: all",
    )
    add(
        "soak",
        _soak,
        "run the long forms of the fault tests, which take minutes",
        epilog="What follows -- goes to pytest: ./dev soak -- -x",
    )
    bench = add("bench", _bench, "measure speed against yardsticks in the same run")
    bench.add_argument("rows", nargs="*", help="some of them: hours, timesheets, calls, minute, "
                       "administrations; default: all")  # fmt: skip
    bench.add_argument("--quick", action="store_true", help="a tenth of the work")
    bench.add_argument("--json", metavar="FILE", help="write the rows there too")
    lint = add("lint", _lint, "check the code with ruff and pylint-odoo")
    lint.add_argument("--fix", action="store_true", help="put right what ruff can, and format")
    sandbox = add(
        "sandbox",
        _sandbox,
        "run the stand-in for Exact Online alone",
        epilog="Other arguments go to it: ./dev sandbox --port 8070 --clock +31d."
        " All of them, and the faults it can make: ./dev sandbox -- --help",
    )
    sandbox.add_argument("--fresh", action="store_true", help="forget what it holds, begin anew")
    add("odoo", _odoo, "run Odoo on the demo database; arguments go to Odoo", add_help=False)
    add("shell", _shell, "open Odoo's Python shell on the demo database", add_help=False)
    add("psql", _psql, "open psql on the demo database; arguments go to psql", add_help=False)
    return top


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Return what is asked for; what is meant for another program ends up in args."""
    options = parser()
    words, rest = list(argv), []
    if words[:1] in (["odoo"], ["shell"], ["psql"]):
        words, rest = words[:1], words[1:]
    elif "--" in words:
        at = words.index("--")
        words, rest = words[:at], words[at + 1 :]
    if words[:1] == ["sandbox"]:
        parsed, unknown = options.parse_known_args(words)
        parsed.args = [*unknown, *rest]
        return parsed
    parsed = options.parse_args(words)
    parsed.args = rest
    return parsed


def _terminated(_number, _frame) -> None:
    """Make a kill like any other end: servers are stopped, databases dropped."""
    raise SystemExit(128 + signal.SIGTERM)


def _plain(error: OSError) -> str:
    """Return the sentence for what the operating system refuses."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {paths.DEV} is full: free some space and run ./dev again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write {error.filename or paths.DEV}: make it yours, try again."
    return f"{error}."


def _keep_trace() -> str:
    """Write the traceback to a log; return the words that lead there."""
    with contextlib.suppress(OSError):
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        log = paths.LOGS / "dev-error.log"
        log.write_text(traceback.format_exc())
        return f" (details: {log})"
    return ""


def main(argv: Sequence[str]) -> int:
    """Run a command of ./dev and return its exit code."""
    options = parse(argv)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        if not sys.platform.startswith("linux"):
            raise console.Problem("./dev runs on Linux only: use a Linux machine or container.")
        return options.run(options)
    except console.Problem as problem:
        console.say(str(problem))
    except KeyboardInterrupt:
        console.say("stopped.")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more at its own end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        console.say(f"{_plain(error)}{_keep_trace()}")
    except Exception as error:  # noqa: BLE001  a person gets a sentence, the log the rest
        console.say(f"unexpected {type(error).__name__}: {error}{_keep_trace()}")
    return 1
