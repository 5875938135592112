"""What stands behind a limit and around it: guarantees, the group's limit, the order maximum."""

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from credit import services
from credit.forms import GroupForm, GuaranteeForm, HoldForm, MaximumForm
from credit.models import Guarantee
from credit.views.accounts import answer, customer_of
from o2c.kernel import clock, files
from o2c.kernel.downloads import sent
from o2c.kernel.models import StoredFile
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of


@action("credit.record_guarantee")
def record_guarantee(request: HttpRequest, number: str) -> HttpResponse:
    """Record a guarantee or an insurance policy, with its paper."""
    customer, at = customer_of(number), clock.now()
    form = GuaranteeForm(request.POST, request.FILES)

    def work() -> object:
        values = form.cleaned_data
        paper = services.Paper(
            kind=values["kind"],
            issuer=values["issuer"],
            reference=values["reference"],
            amount=values["amount"],
            valid_from=values["valid_from"],
            valid_until=values["valid_until"],
            document_id=_kept(values["document"]),
        )
        return services.record_guarantee(customer.pk, paper=paper, at=at, actor=actor_of(request))

    return answer(
        request, customer, {"guarantee_form": form}, work, [_("The guarantee is recorded.")]
    )


@action("credit.record_guarantee")
def withdraw_guarantee(request: HttpRequest, number: str, guarantee_id: int) -> HttpResponse:
    """Let a guarantee count no more."""
    customer, form, at = customer_of(number), HoldForm(request.POST), clock.now()
    if not Guarantee.objects.filter(pk=guarantee_id, customer=customer).exists():
        raise Http404

    def work() -> object:
        reason = form.cleaned_data["reason"]
        return services.withdraw_guarantee(
            guarantee_id, reason=reason, at=at, actor=actor_of(request)
        )

    return answer(
        request, customer, {"withdraw_form": form}, work, [_("The guarantee counts no more.")]
    )


@page("credit.view_guarantee")
def guarantee_paper(request: HttpRequest, guarantee_id: int) -> HttpResponse:
    """Give the paper of a guarantee as it came."""
    found = Guarantee.objects.select_related("document").filter(pk=guarantee_id).first()
    if found is None or found.document is None:
        raise Http404
    return sent(found.document)


@action("credit.change_policy")
def set_group(request: HttpRequest, number: str) -> HttpResponse:
    """Limit what a customer and all that belong to it owe together, or take that limit away."""
    customer, form, at = customer_of(number), GroupForm(request.POST), clock.now()

    def work() -> object:
        values, actor = form.cleaned_data, actor_of(request)
        if values["limit"] is None:
            return services.remove_group_limit(
                customer.pk, reason=values["reason"], at=at, actor=actor
            )
        return services.set_group_limit(
            customer.pk, limit=values["limit"], reason=values["reason"], at=at, actor=actor
        )

    return answer(
        request, customer, {"group_form": form}, work, [_("The limit of the group is set.")]
    )


@action("credit.decide_creditapplication")
def set_maximum(request: HttpRequest, number: str) -> HttpResponse:
    """Say what one order may come to at most."""
    customer, form, at = customer_of(number), MaximumForm(request.POST), clock.now()

    def work() -> object:
        return services.set_order_maximum(
            customer.pk,
            maximum=form.cleaned_data["maximum"],
            reason=form.cleaned_data["reason"],
            at=at,
            actor=actor_of(request),
        )

    return answer(request, customer, {"maximum_form": form}, work, [_("The order maximum is set.")])


def _kept(uploaded: UploadedFile[bytes] | None) -> int | None:
    if uploaded is None:
        return None
    stored: StoredFile = files.store(
        uploaded.read(),
        name=safe_name(uploaded.name or ""),
        media_type="application/octet-stream",
    )
    return stored.pk


def safe_name(name: str) -> str:
    """Return an uploaded file's name without what a header or a folder would stumble over."""
    kept = "".join(c for c in name if c.isalnum() or c in " ._-()")
    return kept.strip()[-200:] or "paper"
