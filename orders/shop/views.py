"""Pages: web shops, connecting one, and what their last messages became."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock
from o2c.kernel.errors import DomainError
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of
from orders.models import ShopEvent, WebShop
from orders.shop import selectors, services
from orders.shop.forms import NewShopForm, ShopForm
from orders.shop.taking import replay


@page("orders.manage_webshop")
def shop_list(request: HttpRequest) -> HttpResponse:
    """List the shops."""
    return render(request, "orders/shop/list.html", {"shops": selectors.shops()})


@form_page("orders.manage_webshop")
def shop_new(request: HttpRequest) -> HttpResponse:
    """Connect a shop."""
    form = NewShopForm(request.POST or None)
    if not form.is_valid():
        return _form(request, form, None)
    added: list[WebShop] = []

    def add() -> None:
        shop = services.add_shop(
            kind=form.cleaned_data["kind"],
            details=form.details(),
            secrets=form.secrets(),
            buyers=form.cleaned_data["buyers"],
            at=clock.now(),
            actor=actor_of(request),
        )
        added.append(shop)

    once_per_form(request, add)
    if not added:
        return redirect("orders:shops")
    messages.success(request, _("%(shop)s is connected.") % {"shop": added[0]})
    return redirect("orders:shop", public_id=added[0].public_id)


@form_page("orders.manage_webshop")
def shop_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a shop; its secrets are entered anew or stay as they are."""
    shop = _shop(public_id)
    form = ShopForm(request.POST or None, initial=_values(shop))
    if not form.is_valid():
        return _form(request, form, shop)
    services.change_shop(
        shop.pk,
        details=form.details(),
        secrets=form.secrets(),
        buyers=form.cleaned_data["buyers"],
        at=clock.now(),
        actor=actor_of(request),
    )
    messages.success(request, _("The changes are saved."))
    return redirect("orders:shop", public_id=public_id)


@page("orders.manage_webshop")
def shop_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show a shop with its last messages and where it must send them."""
    return _detail(request, _shop(public_id))


@action("orders.manage_webshop")
def shop_test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the shop for its name and say what it answers."""
    shop = _shop(public_id)
    try:
        greeting = services.greet(shop)
    except DomainError as refusal:
        return _detail(request, shop, error=str(refusal))
    messages.success(request, _("The connection works: %(name)s.") % {"name": greeting[:100]})
    return redirect("orders:shop", public_id=public_id)


@action("orders.manage_webshop")
def shop_replay(request: HttpRequest, public_id: str, event_id: int) -> HttpResponse:
    """Take a message in once more."""
    shop = _shop(public_id)
    event = get_object_or_404(ShopEvent, pk=event_id, shop=shop)
    replay(event.pk, at=clock.now(), actor=actor_of(request))
    messages.success(request, _("The message is taken in again."))
    return redirect("orders:shop", public_id=public_id)


def _shop(public_id: str) -> WebShop:
    shops = WebShop.objects.select_related("secrets", "default_customer")
    return get_object_or_404(shops, public_id=public_id)


def _detail(request: HttpRequest, shop: WebShop, *, error: str = "") -> HttpResponse:
    path = reverse("shops:webhook", args=[shop.public_id])
    context = {
        "shop": shop,
        "events": selectors.events_of(shop),
        "buyers": selectors.buyers_of(shop),
        "webhook": request.build_absolute_uri(path),
        "error": error,
    }
    return render(request, "orders/shop/detail.html", context, status=409 if error else 200)


def _form(request: HttpRequest, form: ShopForm, shop: WebShop | None) -> HttpResponse:
    title = _("Change web shop") if shop else _("Connect a web shop")
    context = {"form": form, "shop": shop, "title": title}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "orders/shop/form.html", context, status=status)


def _values(shop: WebShop) -> dict[str, object]:
    usual = shop.default_customer
    return {
        "name": shop.name,
        "base_url": shop.base_url,
        "currency": shop.currency,
        "default_customer": usual.number if usual else "",
        "is_active": shop.is_active,
        "buyers": "\n".join(f"{name} = {code}" for name, code in selectors.buyers_of(shop)),
    }
