"""What the pages about trading partners show."""

from collections.abc import Collection

from django.db.models import Count, Max, Q, QuerySet

from orders.models import Order, PartnerMessage, TradingPartner

MESSAGES = 50


def partners() -> "QuerySet[TradingPartner]":
    """Return every partner with `message_count`, `failed_count` and `last_sent_at`, one query."""
    return (
        TradingPartner.objects.select_related("customer")
        .annotate(
            message_count=Count("messages"),
            failed_count=Count("messages", filter=Q(messages__state=PartnerMessage.State.FAILED)),
            last_sent_at=Max("messages__sent_at"),
        )
        .order_by("customer__folded_name", "kind", "pk")
    )


def messages_to(partner: TradingPartner) -> list[PartnerMessage]:
    """Return the partner's last messages, newest first."""
    found = PartnerMessage.objects.filter(partner=partner).select_related("order", "file")
    return list(found.order_by("-pk")[:MESSAGES])


def messages_about(order: Order, *, sources: Collection[str] = ()) -> list[PartnerMessage]:
    """Return what partners were told about an order, newest first.

    `sources` name messages about several orders that a later stage knows to be about this one.
    """
    found = PartnerMessage.objects.filter(Q(order=order) | Q(source__in=sources))
    return list(found.select_related("partner", "file").order_by("-pk")[:MESSAGES])
