"""What fulfilment does every day, and every minute."""

from datetime import date, datetime

from celery import shared_task

from fulfillment import services
from fulfillment.services.redating import waiting_products
from fulfillment.services.shop_stock import tell_shops
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.jobs import daily


@daily
def serve_backorders(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Serve waiting orders from what is free at the beginning of the day."""
    return services.serve_freed(at=at, actor=actor)


@daily
def free_spoiled_lots(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Give back what is claimed of lots that are recalled, or may not leave any more."""
    return {"orders": services.free_spoiled(as_of=as_of, at=at, actor=actor)}


@daily
def open_cycle_counts(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Send somebody to count the places whose turn it is."""
    return {"opened": services.open_cycle_counts(as_of=as_of, actor=actor)}


@daily
def redate_backorders(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Date what waits anew, by what is expected and by rank; who was told otherwise is told."""
    moved = services.redate_backorders(product_ids=waiting_products(), at=at, actor=actor)
    return {"moved": moved}


@shared_task
def expire_reservations() -> int:
    """End what was kept back long enough."""
    return services.expire_reservations(at=clock.now())


@shared_task
def serve_freed() -> dict[str, int]:
    """Serve waiting orders from what has become free in the last minute, whatever freed it."""
    return services.serve_freed(at=clock.now(), actor=Actor.job("fulfillment.serve_freed"))


@shared_task
def tell_shops_about_stock() -> dict[str, int]:
    """Tell web shops which levels have changed in the last minute."""
    return tell_shops(at=clock.now())
