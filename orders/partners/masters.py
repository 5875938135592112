"""Entering and changing trading partners."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from orders.models import TradingPartner


@dataclass(frozen=True, kw_only=True)
class PartnerDetails:
    """What people enter about a trading partner."""

    kind: str
    identifier: str
    our_identifier: str
    qualifier: str = ""
    our_qualifier: str = ""
    codes: list[str] = field(default_factory=list)
    transport: str = TradingPartner.Transport.NONE
    address: str = ""
    wants_acknowledgement: bool = True
    is_test: bool = False
    is_active: bool = True


@service
def add_partner(
    customer_id: int, *, details: PartnerDetails, at: datetime, actor: Actor
) -> TradingPartner:
    """Enter a customer's EDI system. Raises IntegrityError when another has its identifier."""
    customer = Customer.objects.get(pk=customer_id)
    partner = TradingPartner(
        customer=customer, token=secrets.token_urlsafe(20), created_at=at, **vars(details)
    )
    return audit.create(partner, at=at, actor=actor, touches=[customer.label])


@service
def change_partner(
    partner_id: int, *, details: PartnerDetails, at: datetime, actor: Actor
) -> TradingPartner:
    """Change what is known about a partner."""
    partner = lock(TradingPartner, partner_id)
    for name, value in vars(details).items():
        setattr(partner, name, value)
    return audit.save(partner, at=at, actor=actor)
