"""Pages about payment in advance: who asks for it, what was asked, what became of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.portal import portal_page
from invoicing import pro_forma_content, selectors, services
from invoicing import pro_forma_selectors as pro_formas
from invoicing.forms import AskForm, WithdrawForm
from invoicing.models import ProForma
from o2c.kernel import clock, downloads
from o2c.kernel.errors import EXPECTED, REFUSALS, explain
from o2c.kernel.forms import add_refusal
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import CONFLICT, UNPROCESSABLE, actor_of, status_of, today, wants_part
from orders.models import Order

OK = 200


@page("invoicing.view_proforma")
def pro_forma_list(request: HttpRequest) -> HttpResponse:
    """List pro formas, newest first, by what the search finds; the next rows alone for htmx."""
    chosen = {name: request.GET.get(name, "") for name in ("q", "state", "after")}
    listing = pro_formas.pro_forma_list(
        text=chosen["q"], state=chosen["state"], after=chosen["after"]
    )
    context = {**chosen, "listing": listing, "open": pro_formas.open_count(), "today": today()}
    template = "invoicing/pro_formas.html"
    if wants_part(request):
        template += "#more" if chosen["after"] else "#rows"
    return render(request, template, context)


@page("invoicing.view_proforma")
def pro_forma_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a pro forma says, whom it went to and what became of it."""
    return _detail(request, number)


@page("invoicing.view_proforma")
def pro_forma_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """Show the document."""
    return downloads.shown(services.pro_forma_pdf(_pro_forma(number)))


@page("invoicing.view_proforma")
def order_pro_formas(request: HttpRequest, number: str) -> HttpResponse:
    """Show on another stage's page what was asked for an order, and the way to ask."""
    order = get_object_or_404(Order.objects.select_related("customer"), number=number)
    found = list(pro_formas.pro_formas_of(order.pk))
    may_ask = request.user.has_perm("invoicing.ask_prepayment")
    context = {
        "order": order,
        "pro_formas": found,
        "may_ask": may_ask and pro_formas.may_be_asked(order, found, today=today()),
    }
    return render(request, "invoicing/order_pro_formas.html", context)


@form_page("invoicing.ask_prepayment")
def pro_forma_ask(request: HttpRequest, number: str) -> HttpResponse:
    """Show what would be asked for an order, and ask for it."""
    order = get_object_or_404(Order.objects.select_related("customer"), number=number)
    form, status = AskForm(request.POST or None), OK
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                made = form.run_once(request, lambda: _ask(request, order))
            except EXPECTED as refusal:
                add_refusal(refusal, form)
                status = status_of(refusal)
            else:
                text = _("%(number)s is issued, and goes to the customer by mail.")
                messages.success(request, text % {"number": made})
                return redirect("invoicing:pro-forma", number=made)
    context = {"order": order, "form": form, "asking": pro_formas.asking(order, today=today())}
    return render(request, "invoicing/pro_forma_ask.html", context, status=status)


@action("invoicing.ask_prepayment")
def pro_forma_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the money no more, with a reason."""
    pro_forma, form = _pro_forma(number), WithdrawForm(request.POST)
    if not form.is_valid():
        text = _("Say why it is withdrawn.")
        return _detail(request, number, error=text, status=UNPROCESSABLE)
    try:
        services.withdraw_pro_forma(
            pro_forma.pk,
            reason=form.cleaned_data["reason"],
            at=clock.now(),
            actor=actor_of(request),
        )
    except REFUSALS as refusal:
        return _detail(request, number, error=explain(refusal)[1], status=CONFLICT)
    messages.success(request, _("%(number)s is withdrawn.") % {"number": number})
    return redirect("invoicing:pro-forma", number=number)


@portal_page
def own_pdf(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give a customer one of their own pro formas as PDF."""
    try:
        pro_forma = pro_formas.own_pro_forma(customer, number)
    except ProForma.DoesNotExist:
        raise Http404 from None
    return downloads.shown(services.pro_forma_pdf(pro_forma))


def _ask(request: HttpRequest, order: Order) -> str:
    return services.ask_for_prepayment(order.pk, at=clock.now(), actor=actor_of(request)).number


def _detail(
    request: HttpRequest, number: str, *, error: str = "", status: int = OK
) -> HttpResponse:
    pro_forma = _pro_forma(number)
    context = {
        "pro_forma": pro_forma,
        "says": pro_forma_content.read(pro_forma),
        "entries": selectors.history_of(pro_forma),
        "error": error,
    }
    return render(request, "invoicing/pro_forma.html", context, status=status)


def _pro_forma(number: str) -> ProForma:
    try:
        return pro_formas.pro_forma_for_page(number)
    except ProForma.DoesNotExist:
        raise Http404 from None
