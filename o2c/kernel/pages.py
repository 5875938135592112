"""What HTML views share: who may come in, and that a form sent twice acts once."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from o2c.kernel import idempotency
from o2c.kernel.errors import DomainError

View = Callable[..., HttpResponse]


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


class SentAlready(DomainError):
    """This very form was sent before, with other contents."""

    code = "sent_already"


def once_per_form(request: HttpRequest, work: Callable[[], object]) -> None:
    """Run `work` unless this very form was sent before: put `{% form_token %}` into the form.

    A refusal leaves the form free to be sent again. Without a token there is nothing to compare.

    Raises:
        SentAlready: it was sent before, and something else was entered.
    """
    token = request.POST.get("form_token", "")
    if not token:
        work()
        return

    def run() -> idempotency.Reply:
        work()
        return idempotency.Reply(status=200, body=None)

    entered = {name: values for name, values in request.POST.lists() if name[:4] != "csrf"}
    try:
        idempotency.once(
            owner=f"form:{request.user.pk}",
            key=f"{request.path} {token}"[:255],
            fingerprint=idempotency.fingerprint(repr(sorted(entered.items())).encode()),
            work=run,
        )
    except idempotency.KeyReused:
        raise SentAlready(
            _("This form was sent already. Load the page again to see what it did.")
        ) from None


def mark(guarded: View, view: View, permission: str) -> View:
    """Note the permission on the view, for the table that proves every route is guarded."""

    @wraps(view)
    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return guarded(request, *args, **kwargs)

    serve.required_permission = permission  # type: ignore[attr-defined]
    return serve
