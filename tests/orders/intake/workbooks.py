"""Workbooks as partners make them, and as nobody should."""

import io
import zipfile

from openpyxl import Workbook


def workbook(*sheets):
    """Return an XLSX file of these sheets, each a list of rows."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tampered(content, *, add=(), replace=None):
    """Return the archive with parts added, or with the text of a part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if replace and entry.filename == replace[0]:
                assert replace[1] in data
                data = data.replace(*replace[1:])
            new.writestr(entry.filename, data)
        for name, data in add:
            new.writestr(name, data)
    return out.getvalue()
