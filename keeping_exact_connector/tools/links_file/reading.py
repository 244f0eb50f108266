"""Reading a file that somebody uploads: nothing in it is trusted; it is never unpacked whole."""

import csv
import hashlib
import io
import json
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from . import columns
from .columns import FORMAT, TABLES, VERSION

# Bytes. A hundred thousand hours are some 25 MB of text, and a tenth of it as a zip.
LARGEST_FILE = 64 * 2**20
LARGEST_TABLE = 1024 * 2**20
LARGEST_MANIFEST = 2**20
LARGEST_LINE = 2**18
MOST_MEMBERS = 20
LONGEST_TEXT = 50_000
LARGEST_NUMBER = Decimal(10) ** 12
LARGEST_INTEGER = 2**31 - 1
BATCH = 5_000


class WrongFile(Exception):
    """The file cannot be read.

    :param str code: of ``keeping_exact_import``'s explanations
    :param dict params: where it is
    """

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


class _Limited(io.RawIOBase):
    """Reads a member of the zip up to a limit, whatever the zip says of its size."""

    def __init__(self, member, name, limit):
        super().__init__()
        self.member, self.name, self.left = member, name, limit
        self.digest = hashlib.sha256()

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.member.read(min(len(buffer), 2**16))
        self.left -= len(data)
        if self.left < 0:
            raise WrongFile("too_large", file=self.name)
        self.digest.update(data)
        buffer[: len(data)] = data
        return len(data)


def read(content):
    """Open the file.

    :param bytes content: of the zip
    :return: the manifest (a dict), and a function that yields batches of typed rows of a Table;
        it ends with an error where the table is not what the manifest says. What a file of an
        earlier version does not have is None, or no row
    :raise WrongFile: says what is wrong with it
    """
    if len(content) > LARGEST_FILE:
        raise WrongFile("too_large", file="zip")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = [info.filename for info in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise WrongFile("no_zip") from error
    if len(names) > MOST_MEMBERS or len(names) != len(set(names)) or "manifest.json" not in names:
        raise WrongFile("other_zip")
    manifest = _read_manifest(archive)
    tables = [table for table in TABLES if table.since <= manifest["version"]]
    if not {table.file_name for table in tables} <= set(names):
        raise WrongFile("other_zip")
    return manifest, lambda table: _read_table(archive, table, manifest) if table in tables else ()


def _read_manifest(archive):
    try:
        with archive.open("manifest.json") as member:
            text = member.read(LARGEST_MANIFEST + 1)
        manifest = json.loads(text) if len(text) <= LARGEST_MANIFEST else None
    except (ValueError, RecursionError, *_BROKEN) as error:
        raise WrongFile("other_zip") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise WrongFile("other_zip")
    version = manifest.get("version")
    # True would be 1, and is no version.
    if type(version) is not int or not 1 <= version <= VERSION:
        raise WrongFile("version", version=str(version)[:20])
    for name in ("database", "organisation", "exported_at"):
        if not isinstance(manifest.get(name), str) or len(manifest[name]) > 1_000:
            raise WrongFile("other_zip")
    for name in ("rows", "sha256"):
        if not isinstance(manifest.get(name), dict):
            raise WrongFile("other_zip")
    return manifest


# A member that is encrypted, cut off, or packed in a way that Python does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)


def _read_table(archive, table, manifest):
    name = table.file_name
    try:
        with archive.open(name) as member:
            limited = _Limited(member, name, LARGEST_TABLE)
            count = 0
            for batch in _read_batches(limited, table, manifest["version"]):
                count += len(batch)
                if count > table.most:
                    raise WrongFile("too_large", file=name)
                yield batch
    except (UnicodeDecodeError, csv.Error, *_BROKEN) as error:
        raise WrongFile("damaged", file=name) from error
    if count != manifest["rows"].get(table.name) or limited.digest.hexdigest() != manifest[
        "sha256"
    ].get(table.name):
        raise WrongFile("changed", file=name)


def _read_batches(limited, table, version):
    text = io.TextIOWrapper(io.BufferedReader(limited, 2**16), encoding="utf-8-sig", newline="")
    reader = csv.reader(_lines(text, table), strict=True)
    names = table.get_columns(version)
    if next(reader, None) != names:
        raise WrongFile("columns", file=table.file_name)
    batch = []
    for number, cells in enumerate(reader, start=2):
        batch.append(_read_row(table, names, number, cells))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
    # What is left of the zip's own bytes counts for the digest too.
    while limited.read(2**16):
        pass


def _lines(text, table):
    while line := text.readline(LARGEST_LINE):
        if len(line) >= LARGEST_LINE:
            raise WrongFile("damaged", file=table.file_name)
        yield line


def _read_row(table, names, number, cells):
    if len(cells) != len(names):
        raise WrongFile("row", file=table.file_name, row=number)
    row = dict.fromkeys(table.columns)
    for cell, name in zip(cells, names, strict=True):
        try:
            value = _read_cell(cell, table.columns[name])
        except (ValueError, InvalidOperation) as error:
            raise WrongFile(
                "value", file=table.file_name, row=number, column=name, value=cell[:40]
            ) from error
        if value is None and name in table.required:
            raise WrongFile("value", file=table.file_name, row=number, column=name, value="")
        row[name] = value
    return tuple(row.values())


def _read_cell(cell, kind):
    """Return what stands in a cell.

    :raise ValueError: it is nothing of this kind
    :raise InvalidOperation: idem
    """
    if cell == "":
        return None
    return _READERS[kind](cell)


def _read_text(cell):
    text = cell[1:] if cell.startswith("'") else cell
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise ValueError
    # PostgreSQL takes no halves of characters.
    text.encode()
    return text


def _read_integer(cell):
    number = int(cell) if cell.isascii() and len(cell) < 12 else None
    if number is None or abs(number) > LARGEST_INTEGER:
        raise ValueError
    return number


def _read_number(cell):
    number = Decimal(cell) if len(cell) < 40 else None
    if number is None or not number.is_finite() or abs(number) > LARGEST_NUMBER:
        raise ValueError
    return number


def _read_truth(cell):
    if cell not in ("yes", "no"):
        raise ValueError
    return cell == "yes"


def _read_moment(cell):
    moment = datetime.fromisoformat(cell)
    if moment.tzinfo:
        raise ValueError
    return moment


_READERS = {
    columns.TEXT: _read_text,
    columns.INTEGER: _read_integer,
    columns.NUMBER: _read_number,
    columns.TRUTH: _read_truth,
    columns.DATE: date.fromisoformat,
    columns.MOMENT: _read_moment,
}
