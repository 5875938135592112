"""List who can sign in to the demo, with which password."""

from typing import Any

from django.core.management.base import BaseCommand

from o2c.kernel.models import User
from simulation.cast import PASSWORD, PEOPLE
from simulation.world import PORTAL_USER


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        people = [(person.email, person.title) for person in [*PEOPLE, PORTAL_USER]]
        there = set(User.objects.values_list("email", flat=True))
        for email, title in people:
            if email in there:
                self.stdout.write(f"  {title:<18} {email}")
        self.stdout.write(f"  {'Password':<18} {PASSWORD}")
