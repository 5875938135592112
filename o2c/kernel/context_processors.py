"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from o2c.kernel.navigation import Navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `navigation`, built only when the frame is drawn (not for a panel)."""
    return {"navigation": SimpleLazyObject(lambda: Navigation(request.user, request.path))}
