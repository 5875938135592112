"""What the pages about web shops show."""

from django.db.models import Count, Max, Q, QuerySet

from orders.models import ShopEvent, WebShop

EVENTS = 50


def shops() -> "QuerySet[WebShop]":
    """Return every shop with `event_count`, `waiting_count` and `last_event_at`, in one query."""
    return (
        WebShop.objects.select_related("default_customer")
        .annotate(
            event_count=Count("events"),
            waiting_count=Count("events", filter=Q(events__outcome=ShopEvent.Outcome.REVIEW)),
            last_event_at=Max("events__received_at"),
        )
        .order_by("name", "pk")
    )


def events_of(shop: WebShop) -> list[ShopEvent]:
    """Return the shop's last messages, newest first."""
    events = shop.events.select_related("document__order", "document__customer")
    return list(events.order_by("-pk")[:EVENTS])


def buyers_of(shop: WebShop) -> list[tuple[str, str]]:
    """Return which buyer is which customer: a folded name, a customer number."""
    buyers = shop.buyers.order_by("folded_name")
    return list(buyers.values_list("folded_name", "customer__number"))
