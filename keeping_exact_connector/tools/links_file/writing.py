"""Writing the file, a batch of rows at a time."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, datetime

from .columns import FORMAT, LEFT_OUT, TABLES, VERSION

# What a spreadsheet takes for a formula: such a text is led in by an apostrophe, and so is one
# that begins with an apostrophe itself, so that reading can take it off again.
FORMULA = ("=", "+", "-", "@", "'", "\t", "\r")


def to_cell(value):
    """Return a value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith(FORMULA) else text
    return str(value)


class _Hashed(io.RawIOBase):
    """Passes bytes on, and keeps their digest."""

    def __init__(self, target):
        super().__init__()
        self.target, self.digest = target, hashlib.sha256()

    def writable(self):
        return True

    def write(self, data):  # pylint: disable=method-required-super
        self.digest.update(data)
        return self.target.write(data)


def _write_table(archive, table, batches):
    count = 0
    with archive.open(table.file_name, "w", force_zip64=True) as member:
        hashed = _Hashed(member)
        # The mark at the beginning has spreadsheets read it as UTF-8.
        text = io.TextIOWrapper(
            io.BufferedWriter(hashed), encoding="utf-8-sig", newline="", write_through=False
        )
        writer = csv.writer(text)
        writer.writerow(table.columns)
        for rows in batches:
            writer.writerows([to_cell(value) for value in row] for row in rows)
            count += len(rows)
        text.flush()
        text.detach().detach()
    return count, hashed.digest.hexdigest()


def write(file, head, readme, batches):
    """Write the whole file.

    :param file: binary, seekable
    :param dict head: of the manifest: ``database``, ``organisation``, ``exported_at``
    :param str readme: what a person should know
    :param dict batches: name of a table → iterable of lists of rows, in the order of its columns
    :return: dict name of a table → number of rows
    """
    counts, digests = {}, {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme)
        for table in (*TABLES, LEFT_OUT):
            counts[table.name], digests[table.name] = _write_table(
                archive, table, batches[table.name]
            )
        manifest = {
            "format": FORMAT, "version": VERSION, **head, "rows": counts, "sha256": digests,
        }  # fmt: skip
        archive.writestr("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
    return counts
