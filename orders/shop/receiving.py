"""Webhooks: who sent one is proven, it is kept once, and taken in after the commit."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from o2c.kernel import files
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.outbox import publish
from o2c.kernel.sealing import unseal
from o2c.kernel.transactions import service
from orders.intake.findings import Unreadable
from orders.models import ShopEvent, WebShop
from orders.shop.events import ShopMessageKept
from orders.shop.kinds import reader_of
from orders.shop.payload import order_in, text_of

# Two messages with one id that come at the same moment: the second waits here for the first.
CLAIM = """
    INSERT INTO orders_shopevent
           (shop_id, event_id, topic, reference, file_id, received_at, changed_at, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (shop_id, event_id) DO NOTHING RETURNING id
"""
ID_LENGTH, TOPIC_LENGTH, REFERENCE_LENGTH = 100, 60, 60


class SignatureWrong(DomainError):
    """Nobody proves to be the shop: nothing is kept but a count."""

    code = "signature_wrong"


class TooLarge(DomainError):
    code = "body_too_large"


@dataclass(frozen=True, kw_only=True)
class Received:
    """`is_new` False: it was here before. No `event_id`: it was only a question."""

    is_new: bool
    event_id: int | None = None


def receive(shop: WebShop, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Received:
    """Prove and keep a webhook.

    Raises:
        TooLarge: more than we take.
        SignatureWrong: the shop's secret has not signed this body; it is counted.
        InvalidInput: signed, but without an id that tells it from others.
    """
    if len(body) > settings.SHOP_MAX_BYTES:
        raise TooLarge(_("The message is larger than we take."))
    message = reader_of(shop).read_message(headers, body)
    if message.is_ping:
        return Received(is_new=False)
    wanted = reader_of(shop).signature_of(body, unseal(shop.secrets.signing_secret))
    if not hmac.compare_digest(wanted.encode(), message.signature.encode()):
        refused = WebShop.objects.filter(pk=shop.pk)
        refused.update(refused_count=F("refused_count") + 1, last_refused_at=at)
        raise SignatureWrong(_("The signature is wrong. Compare the signing secrets."))
    if not 0 < len(message.event_id) <= ID_LENGTH or not message.event_id.isprintable():
        raise InvalidInput(_("The message has no usable id."))
    return _keep(shop, message.event_id, message.topic[:TOPIC_LENGTH], body, at=at)


@service
def _keep(shop: WebShop, event_id: str, topic: str, body: bytes, *, at: datetime) -> Received:
    """Keep a proven message once, and have it taken in after the commit."""
    adapter = reader_of(shop)
    try:
        reference = text_of(order_in(body), "id")[:REFERENCE_LENGTH]
        changed_at = adapter.read_buyer(body).changed_at
    except Unreadable:
        reference, changed_at = "", None
    name = f"{shop.kind}-{reference or 'message'}.json"
    stored = files.store(body, name=name, media_type="application/json")
    values: list[Any] = [shop.pk, event_id, topic, reference, stored.pk, at, changed_at]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        claimed = cursor.fetchone()
    if claimed is None:
        return Received(is_new=False)
    publish(ShopMessageKept(shop_event_id=claimed[0], at=at, actor=actor_of(shop)))
    return Received(is_new=True, event_id=claimed[0])


def actor_of(shop: WebShop) -> Actor:
    return Actor(kind="import", id=shop.public_id, name=shop.name)


def event_of(shop_event_id: int) -> ShopEvent:
    """Return a kept message with its shop, file and document.

    Raises:
        ShopEvent.DoesNotExist: no such message.
    """
    events = ShopEvent.objects.select_related(
        "shop__default_customer", "file", "document__order__customer"
    )
    return events.get(pk=shop_event_id)
