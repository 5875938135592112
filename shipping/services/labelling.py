"""The label as a file: drawn when somebody first asks for it, then kept."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.models import StoredFile
from o2c.kernel.transactions import service
from shipping import labels
from shipping.contents import packages_of, parts_of
from shipping.models import Shipment
from shipping.services.planning import NoPickup


def label_of(shipment_id: int, *, at: datetime, actor: Actor) -> StoredFile:
    """Return the shipment's label. Drawing happens before the step that keeps it.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NoPickup: it has no label yet, or it moved to another pickup while it was drawn.
    """
    shipment = Shipment.objects.select_related(
        "carrier", "customer", "ship_to", "warehouse", "label_file"
    ).get(pk=shipment_id)
    if shipment.label_file is not None:
        return shipment.label_file
    if not shipment.tracking_number:
        raise NoPickup(_("%(shipment)s has no label yet.") % {"shipment": shipment})
    packages = packages_of(parts_of(shipment))
    drawn = labels.draw(shipment, packages)
    return _keep(shipment_id, drawn, of=shipment.tracking_number, at=at, actor=actor)


@service
def _keep(shipment_id: int, document: bytes, *, of: str, at: datetime, actor: Actor) -> StoredFile:
    """Keep what was drawn of a tracking number, unless it has another one meanwhile."""
    shipment = lock(Shipment, shipment_id)
    if shipment.tracking_number != of:
        raise NoPickup(_("%(shipment)s has moved meanwhile. Ask again.") % {"shipment": shipment})
    if shipment.label_file is None:
        shipment.label_file = files.store(
            document, name=f"{shipment.number}.pdf", media_type="application/pdf"
        )
        audit.save(shipment, at=at, actor=actor)
    return shipment.label_file
