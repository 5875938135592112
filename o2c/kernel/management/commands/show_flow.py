"""Print which stage reacts to which event: the order-to-cash process on one screen."""

from typing import Any

from django.core.management.base import BaseCommand

from o2c.kernel.events import AFTER, ON


def flow() -> list[str]:
    """Return one line per event and handler, e.g. `orders.OrderReleased on …`."""
    return sorted(
        f"{_short(event)} {when} {_short(handler)}"
        for when, registry in (("on", ON), ("after", AFTER))
        for event, handlers in registry.items()
        for handler in handlers
    )


def _short(thing: Any) -> str:
    return f"{thing.__module__.split('.')[0]}.{thing.__name__}"


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        self.stdout.write("\n".join(flow()))
