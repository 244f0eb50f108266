"""The options of the command line, and a sentence for each that is not possible."""

import argparse
import re
from json import JSONDecodeError, loads

from .fault_kinds import KINDS, READY
from .faults import Fault
from .settings import LIMITS, PROFILES
from .sites import SITES

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBERS = ("times", "skip", "seconds", "status", "chance", "seed")
_FAULT_OPTIONS = (*_NUMBERS, "body", "content_type")
_LIMIT_HELP = {
    "minute_limit": "calls a minute, per app and administration",
    "day_limit": "calls a day, per app and administration",
    "contract_limit": "calls a day of all apps and administrations together",
    "minute_seconds": "how long a minute of the limits lasts; 2 spares a test the wait",
    "error_limit": "refused calls an hour and endpoint, before the app is blocked",
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message):
        """Leave with 2."""
        sentence = re.sub(r"^argument (\S+: )", r"\1", message)
        self.exit(2, f"{sentence.rstrip('.')}.\n")


def _whole(text, lowest, highest, words):
    if not re.fullmatch(r"\d{1,12}", text) or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"{words}, not {text!r}")
    return int(text)


def _port(text):
    return _whole(text, 0, 65535, "a port is a number from 0 to 65535")


def _limit(text):
    return _whole(text, 1, 10**9, "a limit is a whole number above 0")


def _sites(text):
    """Return e.g. ``{"nl": 0, "be": 8072}`` for ``nl,be:8072``: ports by the site's name."""
    found = {}
    for item in text.split(","):
        name, colon, port = item.strip().partition(":")
        if name not in SITES or name in found:
            names = ", ".join(SITES)
            raise argparse.ArgumentTypeError(f"sites are {names}, each once, not {text!r}")
        found[name] = _port(port) if colon else 0
    return found


def _ahead(text):
    """Return the seconds of ``+31d``, ``+90m`` or ``+600``."""
    match = re.fullmatch(r"\+?(\d{1,9}(?:\.\d+)?)([smhd]?)", text)
    if not match:
        raise argparse.ArgumentTypeError(
            f"the clock goes forward by e.g. +600, +90m, +2h or +31d, not {text!r}"
        )
    return float(match[1]) * _UNITS[match[2] or "s"]


def _fault_value(name, value):
    if name not in _NUMBERS:
        return value
    if (name, value) == ("times", "always"):
        return None
    try:
        return float(value) if name in ("seconds", "chance") else int(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{name} is a number, not {value!r}") from None


def _fault(text):
    """Return the values of a fault written as ``KIND:METHOD:PATH:NAME=VALUE,...``."""
    kind, method, path, rest = (*text.split(":", 3), "", "", "")[:4]
    values = {"kind": kind, "method": method, "path": path}
    for item in filter(None, re.split(r",(?=[a-z_]+=)", rest)):
        name, equals, value = item.partition("=")
        if not equals or name not in _FAULT_OPTIONS:
            names = ", ".join(_FAULT_OPTIONS)
            raise argparse.ArgumentTypeError(f"a fault takes {names}, each NAME=VALUE, not {item}")
        values[name] = _fault_value(name, value)
    try:
        Fault.make(values)
    except (ValueError, TypeError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return values


def _setting(text):
    """Return (name, value) of ``name=value``; the value is read as JSON when it is that."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"a setting is NAME=VALUE, not {text!r}")
    try:
        return name, loads(value)
    except JSONDecodeError:
        return name, value


def _epilog():
    kinds = "\n".join(f"  {name:16} {kind.__doc__}" for name, kind in KINDS.items())
    ready = "\n".join(f"  {name:16} {item['about']}" for name, item in READY.items())
    return f"""\
Faults: --fault KIND:METHOD:PATH:NAME=VALUE,NAME=VALUE
  METHOD and PATH (a regular expression searched in the address) may be empty, for all calls.
  times=3          strikes three calls (1); times=always has no end
  skip=2           lets two matching calls pass first
  chance=0.1       strikes one in ten; seed=7 makes it the same ones in every run
  seconds=120      of delay and late
  status=, body=, content_type=   the answer of status and after
  e.g. --fault lose_answer:POST:SalesInvoices:times=3 --fault delay:GET::seconds=2,chance=0.2

Kinds of faults:
{kinds}

Ready-made faults, to be used as a kind:
{ready}"""


def make_parser():
    """Return the parser of the command line."""
    parser = _Parser(
        prog="python -m exact_sandbox", description="A local stand-in for Exact Online.",
        epilog=_epilog(), formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False,
    )  # fmt: skip
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    add("--port", type=_port, default=0, help="port for apps and people; 0: any")
    add("--control-port", type=_port, default=0, help="port for control; 0: any")
    add("--state", metavar="FILE", help="keep everything in this file")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--site", choices=list(SITES), help="the country site it stands in for (nl): that of its"
        " demo apps, which are unknown on another"
    )  # fmt: skip
    where.add_argument(
        "--sites", type=_sites, metavar="NAME[:PORT],...",
        help="several sites, each on a port of its own, the first on --port: nl,be,uk,us",
    )  # fmt: skip
    add(
        "--redirect-uri", action="append", default=[], metavar="URL",
        help="register this address for the demo apps; may be repeated",
    )  # fmt: skip
    for name, default in LIMITS.items():
        words = f"{_LIMIT_HELP[name]} ({default})"
        add(f"--{name.replace('_', '-')}", type=_limit, metavar="NUMBER", help=words)
    add("--profile", choices=PROFILES, help="take one side where the facts leave a choice")
    add(
        "--set", action="append", type=_setting, default=[], metavar="NAME=VALUE",
        help="another setting, e.g. revoked_access_token=lives; may be repeated",
    )  # fmt: skip
    add(
        "--clock", type=_ahead, metavar="+TIME",
        help="put the clock this far ahead of real time, e.g. +31d",
    )  # fmt: skip
    add(
        "--fault", action="append", type=_fault, default=[], metavar="FAULT",
        help="switch a fault on, see below; may be repeated",
    )  # fmt: skip
    add("--tls", action="store_true", help="serve https, with a certificate made here")
    add("--json", action="store_true", help="print one line of JSON when ready")
    return parser


def parse_arguments(arguments=None):
    """Return the options of the command line; ``sites`` are ports by name, the main site first."""
    options = make_parser().parse_args(arguments)
    options.sites = options.sites or {options.site or "nl": 0}
    options.site = next(iter(options.sites))
    options.sites[options.site] = options.sites[options.site] or options.port
    return options
