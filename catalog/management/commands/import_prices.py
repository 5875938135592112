"""`manage.py import_prices FILE --list CODE [--commit]`: one JSON line per row."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from catalog.importing.commands import ImportCommand
from catalog.importing.prices import import_prices
from catalog.models import PriceList
from o2c.kernel.arguments import UNUSABLE, one_line
from o2c.kernel.sheets.tables import Table


class Command(ImportCommand):
    help = "Import the prices of a list from CSV or XLSX. Without --commit nothing is written."
    name = "import_prices"
    price_list: PriceList

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--list", required=True, type=one_line(20), metavar="CODE", help="the list's code"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        price_list = PriceList.objects.filter(code=options["list"]).first()
        if price_list is None:
            message = _("There is no price list “%(code)s”.") % {"code": options["list"]}
            raise CommandError(message, returncode=UNUSABLE)
        self.price_list = price_list
        super().handle(*args, **options)

    def load(self, content: bytes, name: str, **said: Any) -> Table:
        return import_prices(content, name, price_list=self.price_list, **said)
