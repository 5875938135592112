"""Make a key for one customer's system, and show its secret once."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from customers import services
from customers.authentication import SCOPES
from customers.models import ApiKey, Customer
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE, one_line


class Command(BaseCommand):
    help = "Make an API key for a customer; the secret is shown once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        longest = ApiKey._meta.get_field("name").max_length or 0
        parser.add_argument("customer", type=one_line(100), help="customer number, such as C-1042")
        parser.add_argument(
            "--name", type=one_line(longest), default="API", help="what the key is for"
        )
        parser.add_argument(
            "--scope",
            action="append",
            choices=SCOPES,
            help="what it may do; may be given several times; default: everything",
        )

    def handle(
        self, *, customer: str, name: str, scope: list[str] | None, **_options: object
    ) -> None:
        try:
            row = Customer.objects.get(number=customer)
        except Customer.DoesNotExist as missing:
            message = _("No customer has the number “%(code)s”.") % {"code": customer}
            raise CommandError(message, returncode=UNUSABLE) from missing
        _key, secret = services.create_api_key(
            row.pk,
            name=name,
            scopes=scope or list(SCOPES),
            at=clock.now(),
            actor=Actor.job("create_api_key"),
        )
        self.stdout.write(secret)
