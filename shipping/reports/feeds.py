"""How a carrier's reports come to us: its secrets, its token, and what its codes mean."""

from collections.abc import Mapping
from datetime import datetime

from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.sealing import seal
from o2c.kernel.transactions import service
from shipping.models import Carrier, CarrierSecrets
from shipping.reports.access import hash_of, new_token


@service
def change_feed(
    carrier_id: int, *, signing_secret: str, codes: Mapping[str, str], at: datetime, actor: Actor
) -> Carrier:
    """Set the secret that signs a carrier's webhooks (empty: as it is), and what its codes mean.

    The trail says that the secret was changed, never to what.

    Raises:
        Carrier.DoesNotExist: no such carrier.
    """
    carrier = lock(Carrier, carrier_id)
    before = carrier.settings.get("codes", {})
    if dict(codes) != before:
        carrier.settings = {**carrier.settings, "codes": dict(codes)}
        carrier.save(update_fields=["settings"])
        changes = {"codes": (before, dict(codes))}
        audit.record(f"carrier:{carrier.pk}", "change", at=at, actor=actor, changes=changes)
    if signing_secret:
        CarrierSecrets.objects.update_or_create(
            carrier=carrier, defaults={"signing_secret": seal(signing_secret)}
        )
        audit.record(
            f"carrier:{carrier.pk}", "change secrets", at=at, actor=actor, reason="signing_secret"
        )
    return carrier


@service
def renew_token(carrier_id: int, *, at: datetime, actor: Actor) -> str:
    """Give a carrier a new token for our REST API and return it; the one before ends.

    Only its hash is stored: it can be shown this once.

    Raises:
        Carrier.DoesNotExist: no such carrier.
    """
    carrier = lock(Carrier, carrier_id)
    token = new_token()
    CarrierSecrets.objects.update_or_create(
        carrier=carrier, defaults={"access_hash": hash_of(token)}
    )
    audit.record(f"carrier:{carrier.pk}", "renew token", at=at, actor=actor)
    return token
