"""Make a key for a system of our own house, and show its secret once."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import one_line
from o2c.kernel.models import SystemKey
from o2c.kernel.system_keys import SCOPES, create_system_key


class Command(BaseCommand):
    help = "Make an API key for a system of ours; the secret is shown once, never again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        longest = SystemKey._meta.get_field("name").max_length or 0
        parser.add_argument("name", type=one_line(longest), help="which system: “Purchasing”")
        parser.add_argument(
            "--scope",
            action="append",
            choices=SCOPES,
            required=True,
            help="what it may do; may be given several times",
        )

    def handle(self, *, name: str, scope: list[str], **_options: object) -> None:
        _key, secret = create_system_key(
            name=name, scopes=scope, at=clock.now(), actor=Actor.job("create_system_key")
        )
        self.stdout.write(secret)
