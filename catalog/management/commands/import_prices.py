"""`manage.py import_prices FILE --list CODE [--commit]`: one JSON line per row."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalog.importing.commands import run_import
from catalog.importing.prices import import_prices
from catalog.models import PriceList
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE, one_line


class Command(BaseCommand):
    help = "Import the prices of a list from CSV or XLSX. Without --commit nothing is written."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--list", required=True, type=one_line(20), metavar="CODE", help="the list's code"
        )
        parser.add_argument("--commit", action="store_true", help="write the rows without problems")

    def handle(self, *args: Any, **options: Any) -> None:
        price_list = PriceList.objects.filter(code=options["list"]).first()
        if price_list is None:
            message = _("There is no price list “%(code)s”.") % {"code": options["list"]}
            raise CommandError(message, returncode=UNUSABLE)
        run_import(
            self,
            options["file"],
            lambda content, name: import_prices(
                content,
                name,
                price_list=price_list,
                commit=options["commit"],
                at=clock.now(),
                actor=Actor.importer("import_prices"),
            ),
        )
