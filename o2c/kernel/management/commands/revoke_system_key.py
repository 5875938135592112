"""Stop a key of a system of ours from working."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE, one_line
from o2c.kernel.models import SystemKey
from o2c.kernel.system_keys import revoke_system_key


class Command(BaseCommand):
    help = "Stop a key of a system of ours from working."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", type=one_line(16), help="how the key begins: o2s_4fZk…")
        parser.add_argument("--reason", type=one_line(200), required=True)

    def handle(self, *, prefix: str, reason: str, **_options: object) -> None:
        key = SystemKey.objects.filter(prefix=prefix).first()
        if key is None:
            message = _("No key begins with “%(prefix)s”.") % {"prefix": prefix}
            raise CommandError(message, returncode=UNUSABLE)
        revoke_system_key(
            key.pk, reason=reason, at=clock.now(), actor=Actor.job("revoke_system_key")
        )
