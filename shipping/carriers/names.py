"""The ways of speaking to a carrier by name: which one it has is data of the carrier or service."""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text
from shipping.models import Carrier, CarrierService

MANUAL, FILE, HTTP, FAKE = "manual", "file", "http", "fake"
CHOICES: list[tuple[str, Text]] = [
    (MANUAL, _("By hand: a person books it")),
    (FILE, _("Files in a folder")),
    (HTTP, _("JSON over HTTPS")),
    (FAKE, _("Fake, for trying out: carries nothing")),
]
NAMES = tuple(name for name, _text in CHOICES)


def name_of(carrier: Carrier, service: CarrierService | None) -> str:
    """Return which adapter books a service of a carrier; unknown ones are booked by hand."""
    name = (service.adapter if service else "") or carrier.adapter
    return name if name in NAMES else MANUAL
