"""From a name to what speaks to the carrier."""

from collections.abc import Callable
from datetime import datetime

from o2c.kernel.sealing import unseal
from shipping.carriers.adapter import CarrierAdapter, Connection
from shipping.carriers.fake import FakeAdapter
from shipping.carriers.folder import FolderAdapter
from shipping.carriers.http import HttpAdapter
from shipping.carriers.manual import ManualAdapter
from shipping.carriers.names import FAKE, FILE, HTTP, MANUAL
from shipping.models import Carrier

ADAPTERS: dict[str, Callable[[Connection], CarrierAdapter]] = {
    MANUAL: ManualAdapter,
    FILE: FolderAdapter,
    HTTP: HttpAdapter,
    FAKE: FakeAdapter,
}


def adapter_of(carrier: Carrier, name: str, *, at: datetime) -> CarrierAdapter:
    """Return a carrier's adapter with its token; of a name that is unknown, the one by hand.

    Raises:
        SealBroken: the token cannot be opened.
    """
    secrets = getattr(carrier, "secrets", None)
    token = unseal(secrets.api_token) if secrets and secrets.api_token else ""
    connection = Connection(
        code=carrier.code, name=carrier.name, settings=carrier.settings, token=token, at=at
    )
    return ADAPTERS.get(name, ManualAdapter)(connection)
