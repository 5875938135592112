"""What a plan has done, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shipping.services import Arranged


def in_words(outcome: Arranged) -> str:
    """Say what was planned, and what no pickup takes or takes in time."""
    parts = [
        ngettext(
            "%(planned)s shipment planned, %(moved)s moved.",
            "%(planned)s shipments planned, %(moved)s moved.",
            outcome.planned,
        )
    ]
    if outcome.reserved:
        parts.append(
            ngettext(
                "Room is kept for %(reserved)s pick list on the floor.",
                "Room is kept for %(reserved)s pick lists on the floor.",
                outcome.reserved,
            )
        )
    if outcome.late:
        parts.append(_("No pickup keeps the promise of %(late)s."))
    if outcome.left_behind:
        parts.append(_("No pickup has room for %(left)s."))
    if not outcome.is_proved:
        parts.append(_("There was no time to prove that it is the cheapest plan."))
    return " ".join(parts) % {
        "planned": outcome.planned,
        "moved": outcome.moved,
        "reserved": outcome.reserved,
        "late": outcome.late,
        "left": outcome.left_behind,
    }
