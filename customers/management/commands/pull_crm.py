"""`manage.py pull_crm`: take in the contacts that the CRM has for us; one JSON line each."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from customers.crm.adapter import the_adapter
from customers.crm.services import pull_contacts
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.arguments import UNUSABLE


class Command(BaseCommand):
    help = "Take in the contacts that the CRM of CRM_ADAPTER has for us."

    def handle(self, *_args: Any, **_options: Any) -> None:
        adapter = the_adapter()
        if adapter is None:
            raise CommandError(_("No CRM is connected: set CRM_ADAPTER."), returncode=UNUSABLE)
        for line in pull_contacts(adapter, at=clock.now(), actor=Actor.importer("crm")):
            self.stdout.write(json.dumps(line, ensure_ascii=False))
