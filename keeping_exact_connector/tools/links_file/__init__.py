"""The file that links and invoiced hours move in: a zip with a table (CSV) for each."""

from .columns import CREDITED, FORMAT, SETTLED, TABLES, VERSION
from .reading import WrongFile, read
from .writing import write

__all__ = ["CREDITED", "FORMAT", "SETTLED", "TABLES", "VERSION", "WrongFile", "read", "write"]
