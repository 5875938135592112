"""Test data of the orders stage that the common factories do not have."""

import factory
from factory.django import DjangoModelFactory

from orders.models import TradingPartner
from tests.factories import NOW, CustomerFactory


class TradingPartnerFactory(DjangoModelFactory[TradingPartner]):
    """An X12 partner to whom nothing is sent by itself."""

    class Meta:
        model = TradingPartner

    customer = factory.SubFactory(CustomerFactory)
    kind = "x12"
    identifier = factory.Sequence(lambda n: f"PARTNER{n}")
    qualifier = "ZZ"
    our_identifier = "KESTREL"
    our_qualifier = "ZZ"
    token = factory.Sequence(lambda n: f"token-{n}")
    created_at = NOW
