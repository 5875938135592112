"""Tables in files: CSV and XLSX read safely, numbers and dates as people write them."""

from o2c.kernel.sheets.reading import read_rows
from o2c.kernel.sheets.shapes import Row, Sheet, Unreadable

__all__ = ["Row", "Sheet", "Unreadable", "read_rows"]
