"""A bureau that is a file: a CSV or JSON list of reports, as bureaus deliver them in bulk."""

import json
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from credit.bureau.adapter import BureauProblem, Subject
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.delimited import read_delimited

LARGEST_FILE = 20 * 1024 * 1024
COLUMNS = {"customer", "score", "years_in_business", "as_of"}


class FileBureau:
    """Looks a customer up by number in the file that CREDIT_BUREAU_FILE names."""

    name = "file"

    def answer_about(self, subject: Subject) -> Any:
        content = _read(Path(settings.CREDIT_BUREAU_FILE))
        first = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        reports = _from_json(content) if first in (b"[", b"{") else _from_csv(content)
        found = [report for report in reports if report.get("customer") == subject.number]
        if not found:
            raise BureauProblem(
                _("The bureau knows nothing about %(customer)s.") % {"customer": subject.number}
            )
        if len(found) > 1:
            raise BureauProblem(
                _("The bureau's file has %(count)s reports about %(customer)s: which one counts?")
                % {"count": len(found), "customer": subject.number}
            )
        return found[0]


def _read(path: Path) -> bytes:
    """Return the file's content; a directory, a device or a pipe is not even opened."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise BureauProblem(_("The bureau's file is no file."))
        if about.st_size > LARGEST_FILE:
            raise BureauProblem(_("The bureau's file is larger than 20 MB."))
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        raise BureauProblem(_("The bureau's file cannot be read.")) from None
    if len(content) > LARGEST_FILE:
        raise BureauProblem(_("The bureau's file is larger than 20 MB."))
    return content


def _from_json(content: bytes) -> list[dict[str, Any]]:
    try:
        reports = json.loads(content)
    except (ValueError, RecursionError):
        raise BureauProblem(_("The bureau's file is no JSON.")) from None
    reports = reports if isinstance(reports, list) else [reports]
    if not all(isinstance(report, dict) for report in reports):
        raise BureauProblem(_("The bureau's file is no list of reports."))
    return reports


def _from_csv(content: bytes) -> list[dict[str, Any]]:
    try:
        sheet = read_delimited(
            content, "bureau", known=lambda cells: len(COLUMNS.intersection(cells))
        )
    except Unreadable as problem:
        raise BureauProblem(str(problem)[:250]) from None
    rows = [cells for _number, cells in sheet.rows if any(cells)]
    if not rows or not {"customer", "score"}.issubset(rows[0]):
        raise BureauProblem(_("The bureau's file has no columns “customer” and “score”."))
    return [dict(zip(rows[0], cells, strict=False)) for cells in rows[1:]]
