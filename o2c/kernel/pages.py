"""Who may come in: each HTML view names its permission."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

View = Callable[..., HttpResponse]
# No row has a larger key, and no statement can ask for one.
LARGEST_KEY = 2**63 - 1


def page(permission: str) -> Callable[[View], View]:
    """Serve a page to signed-in people with `permission`; others are sent to sign in, or 403."""

    def decorate(view: View) -> View:
        guarded = permission_required(permission, raise_exception=True)(view)
        return mark(require_GET(login_required(guarded)), view, permission)

    return decorate


def action(permission: str) -> Callable[[View], View]:
    """Serve a POST that changes something to signed-in people with `permission`."""

    def decorate(view: View) -> View:
        guarded = permission_required(permission, raise_exception=True)(view)
        return mark(require_POST(login_required(guarded)), view, permission)

    return decorate


def form_page(permission: str) -> Callable[[View], View]:
    """Serve a form (GET) and take it (POST) for signed-in people with `permission`."""

    def decorate(view: View) -> View:
        guarded = permission_required(permission, raise_exception=True)(view)
        return mark(login_required(guarded), view, permission)

    return decorate


def mark(guarded: View, view: View, permission: str) -> View:
    """Note the permission on the view, for the table that proves every route is guarded."""

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if any(isinstance(value, int) and value > LARGEST_KEY for value in kwargs.values()):
            raise Http404
        return guarded(request, *args, **kwargs)

    serve.required_permission = permission  # type: ignore[attr-defined]
    return serve
