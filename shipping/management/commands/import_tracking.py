"""`manage.py import_tracking FILE --carrier CODE`: one JSON line per row."""

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE, one_line
from o2c.kernel.errors import DomainError
from o2c.kernel.models import Company
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.shapes import check_size
from shipping.models import Carrier
from shipping.reports.sheets import FileRow, import_tracking


class Command(BaseCommand):
    help = "Take in a carrier's file of tracking events, CSV or XLSX. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--carrier", required=True, type=one_line(12), metavar="CODE", help="whose file it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        carrier = Carrier.objects.filter(code=options["carrier"]).first()
        if carrier is None:
            message = _("There is no carrier “%(code)s”.") % {"code": options["carrier"]}
            raise CommandError(message, returncode=UNUSABLE)
        for row in _take_in(options["file"], carrier):
            self.stdout.write(json.dumps(asdict(row), ensure_ascii=False))


def _take_in(path: Path, carrier: Carrier) -> list[FileRow]:
    name = os.fsencode(path.name).decode(errors="replace")
    try:
        check_size(path.stat().st_size)
        return import_tracking(
            path.read_bytes(),
            name,
            carrier=carrier,
            at=clock.now(),
            actor=Actor.importer("import_tracking"),
        )
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=UNUSABLE) from error
    except Company.DoesNotExist as error:
        raise CommandError(_("There is no company yet."), returncode=UNUSABLE) from error
    except (Unreadable, DomainError) as error:
        raise CommandError(f"{path}: {error}", returncode=UNUSABLE) from error
