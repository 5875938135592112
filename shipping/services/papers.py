"""The papers of a shipment as files: what is still here is drawn anew, what has left is kept."""

from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import files
from o2c.kernel.company import the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.models import StoredFile
from o2c.kernel.transactions import service
from shipping import papers, zpl
from shipping.contents import packages_of, parts_of
from shipping.models import Shipment, ShipmentPaper
from shipping.services.planning import NoPickup

READ_WITH = ("customer", "ship_to", "warehouse", "carrier")
NAMES = {
    ShipmentPaper.Kind.DELIVERY_NOTE: "{number}-delivery-note.pdf",
    ShipmentPaper.Kind.BILL_OF_LADING: "{number}-bill-of-lading.pdf",
    ShipmentPaper.Kind.CUSTOMS_INVOICE: "{number}-customs-invoice.pdf",
}


class NoPaper(DomainError):
    """A shipment that will not leave has no papers."""

    code = "no_paper"


def paper_of(shipment_id: int, kind: str, *, at: datetime) -> StoredFile:
    """Return a paper of a shipment that has left. It is drawn before the step that keeps it.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NoPaper: it has not left: `draft_of` draws what goes along.
        CustomsDataMissing: a customs invoice of products that lack what it tells.
    """
    kept = ShipmentPaper.objects.filter(shipment=shipment_id, kind=kind).select_related("file")
    for paper in kept:
        return paper.file
    shipment = _shipment(shipment_id)
    if shipment.state not in Shipment.GONE:
        raise NoPaper(_("%(shipment)s has not left yet.") % {"shipment": shipment})
    wanted = ShipmentPaper.Kind(kind)
    drawn = papers.draw(wanted, shipment, parts_of(shipment), at=at)
    return _keep(shipment_id, wanted, drawn, at=at)


def paper_name(shipment: Shipment, kind: ShipmentPaper.Kind) -> str:
    """Return the file name of a shipment's paper."""
    return NAMES[kind].format(number=shipment.number)


def draft_of(shipment_id: int, kind: str, *, at: datetime) -> tuple[bytes, str]:
    """Return a paper to go along with a shipment that is still here, and its file name.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NoPaper: it was cancelled.
        CustomsDataMissing: a customs invoice of products that lack what it tells.
    """
    shipment = _shipment(shipment_id)
    if shipment.state == Shipment.State.CANCELLED:
        raise NoPaper(_("%(shipment)s is cancelled: it has no papers.") % {"shipment": shipment})
    wanted = ShipmentPaper.Kind(kind)
    drawn = papers.draw(wanted, shipment, parts_of(shipment), at=at)
    return drawn, paper_name(shipment, wanted)


def zpl_of(shipment_id: int) -> str:
    """Return the labels for a label printer.

    Raises:
        Shipment.DoesNotExist: no such shipment.
        NoPickup: it has no tracking number yet.
    """
    shipment = _shipment(shipment_id)
    if not shipment.tracking_number:
        raise NoPickup(_("%(shipment)s has no label yet.") % {"shipment": shipment})
    return zpl.write(shipment, packages_of(parts_of(shipment)), the_company())


@service
def _keep(
    shipment_id: int, kind: ShipmentPaper.Kind, document: bytes, *, at: datetime
) -> StoredFile:
    """Keep what was drawn; of two drawn at once the first is kept."""
    shipment = lock(Shipment, shipment_id)
    known = ShipmentPaper.objects.filter(shipment=shipment, kind=kind).select_related("file")
    for paper in known:
        return paper.file
    name = paper_name(shipment, kind)
    stored = files.store(document, name=name, media_type="application/pdf")
    ShipmentPaper.objects.create(shipment=shipment, kind=kind, file=stored, made_at=at)
    return stored


def _shipment(shipment_id: int) -> Shipment:
    return Shipment.objects.select_related(*READ_WITH).get(pk=shipment_id)
