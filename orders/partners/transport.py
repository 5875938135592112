"""How a message gets to its partner: posted, or laid into a folder."""

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel import files
from orders.models import PartnerMessage, TradingPartner
from orders.partners import as2
from orders.partners.as2 import NotDelivered

INCOMING, OUTGOING, DONE, FAILED = "in", "out", "done", "failed"


def carry(message: PartnerMessage) -> bool:
    """Bring a message to its partner; False: the partner is told by other means.

    Raises:
        NotDelivered: it is not there; it may be tried again.
        Refused: it is there, and they will not read it.
    """
    assert message.file is not None  # a queued message has been written
    partner = message.partner
    if partner.transport == TradingPartner.Transport.AS2:
        as2.post(message, files.read(message.file))
        return True
    if partner.transport == TradingPartner.Transport.FOLDER:
        lay_down(folder_of(partner) / OUTGOING, message.file.name, files.read(message.file))
        return True
    return False


def folder_of(partner: TradingPartner) -> Path:
    """Return a partner's folder.

    Raises:
        NotDelivered: no folder is set up, or the name leads out of it.
    """
    if not settings.EDI_FOLDER:
        raise NotDelivered(_("No folder is set up for EDI (EDI_FOLDER)."))
    base = Path(settings.EDI_FOLDER).resolve()
    folder = (base / partner.address).resolve()
    if folder == base or base not in folder.parents:
        raise NotDelivered(_("The partner's folder is not inside of the EDI folder."))
    return folder


def lay_down(folder: Path, name: str, content: bytes) -> None:
    """Write a file so that whoever watches the folder never sees half of it; twice is once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}.part"
        unfinished.write_bytes(content)
        unfinished.replace(folder / name)
    except OSError as error:
        text = _("The folder cannot be written: %(error)s.") % {"error": error.strerror}
        raise NotDelivered(text) from error
