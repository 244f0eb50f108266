"""Production settings that come from the server and never from the database.

An environment variable ``KEEPING_EXACT_<NAME>`` goes first, then the section
``[keeping_exact_connector]`` of the server's configuration file. Odoo itself reads only the
section ``[options]``, so the file is parsed here.
"""

import configparser
import os
from functools import lru_cache

from odoo.tools import config

SECTION = "keeping_exact_connector"
PREFIX = "KEEPING_EXACT_"


def get_setting(name):
    """Return one production setting.

    :param str name: e.g. ``site_url_nl``, ``client_id_be``, ``encryption_key``
    :return: the value without surrounding blanks, or None when it is not set
    """
    value = os.environ.get(PREFIX + name.upper())
    if value is None:
        value = _read_file(*_file_stamp()).get(name)
    return (value or "").strip() or None


def _file_stamp():
    path = config["config"]
    try:
        return path, os.stat(path).st_mtime_ns
    except (OSError, TypeError):
        return path, None


@lru_cache(maxsize=1)
def _read_file(path, modified):
    if modified is None:
        return {}
    parser = configparser.RawConfigParser()
    parser.read([path], encoding="utf-8")
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}
