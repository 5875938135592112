"""The queue: what waits on the left, its evidence in the middle, the decision on the right."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import push_url, retarget

from credit import services
from credit.forms import CommentForm, DecisionForm, PapersForm
from credit.models import CreditAccount, CreditDocument, CreditProposal, Hold
from credit.policy import active_policy
from credit.selectors import accounts as known
from credit.selectors import evidence
from credit.selectors.facts import named_facts
from credit.selectors.queue import Case, find_case
from credit.selectors.worklist import VIEWS, Worklist, ageing, worklist
from credit.services.documents import MOST_BYTES, MOST_FILES
from credit.uploads import papers_of
from credit.views import desk
from credit.views.answers import FINE, submit
from o2c.kernel import clock
from o2c.kernel.company import the_company
from o2c.kernel.downloads import sent
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.money import ZERO, round_money
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, today, wants_part
from o2c.kernel.ui.toast import toast
from orders.models import Order

PAGE = "credit/queue.html"


@page("credit.view_creditapplication")
def queue(request: HttpRequest) -> HttpResponse:
    """Show the worklist and one case: the asked one, or the most urgent."""
    view = request.GET.get("view", "")
    number = request.GET.get("case", "")
    case = find_case(number) if number else None
    if number and case is None:
        raise Http404
    return _render(request, view=view if view in VIEWS else "waiting", case=case)


@action("credit.decide_creditapplication")
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Carry out a decision and go on to the next case; a refusal is shown with the form."""
    case = _case(number)
    holds = list(known.holds_that_stand(case.customer.pk))
    form = DecisionForm(request.POST, choices=desk.choices_for(case, holds))
    at, actor = clock.now(), actor_of(request)
    said = [_("%(document)s is decided.") % {"document": case.number}]

    def work() -> object:
        chosen = form.cleaned_data["decision"]
        if not request.user.has_perm(desk.permission_for(case, chosen)):
            raise PermissionDenied
        result = desk.carry_out(case, form, today=today(), at=at, actor=actor)
        said[0] = desk.said_of(case, result)
        return result

    status = submit(request, form, work)
    if status != FINE:
        return _refused(request, case, form, status)
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, said[0])
        return redirect("credit:queue")
    response = _render(request, view="waiting", case=None)
    return toast(push_url(response, reverse("credit:queue")), said[0])


@action("credit.decide_creditapplication")
def documents_received(request: HttpRequest, number: str) -> HttpResponse:
    """Take an application up again."""
    case = _case(number)
    if case.application is None:
        raise Http404
    try:
        services.receive_documents(case.application.pk, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(
            request, _("%(application)s is in review again.") % {"application": number}
        )
    return redirect(_address(number))


@action("credit.decide_creditapplication")
def comment(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a remark for colleagues."""
    case, form, at = _case(number), CommentForm(request.POST), clock.now()

    def work() -> object:
        return services.comment_on(
            case.subject, text=form.cleaned_data["text"], at=at, actor=actor_of(request)
        )

    status = submit(request, form, work)
    if status == FINE and not request.htmx:  # type: ignore[attr-defined]
        return redirect(_address(number))
    if status != FINE and not request.htmx:  # type: ignore[attr-defined]
        return _render(request, view="waiting", case=case, comment_form=form, status=status)
    context = {
        "case": case,
        "comments": evidence.comments_of(case),
        "comment_form": CommentForm() if status == FINE else form,
        "may_decide": True,
    }
    return render(request, f"{PAGE}#comments", context, status=status)


@action("credit.decide_creditapplication")
def add_documents(request: HttpRequest, number: str) -> HttpResponse:
    """Keep papers of an application that came to one of us."""
    case, form, at = _case(number), PapersForm(request.POST), clock.now()
    application = case.application
    if application is None:
        raise Http404
    papers = papers_of(request)

    def work() -> object:
        return services.add_documents(application.pk, papers=papers, at=at, actor=actor_of(request))

    status = submit(request, form, work)
    if status != FINE:
        return _render(request, view="waiting", case=case, papers_form=form, status=status)
    messages.success(request, _("The papers are kept with %(case)s.") % {"case": number})
    return redirect(_address(number))


@page("credit.view_creditdocument")
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """Give a paper of an application as it came."""
    found = CreditDocument.objects.select_related("file").filter(pk=document_id).first()
    if found is None:
        raise Http404
    return sent(found.file)


def _case(number: str) -> Case:
    case = find_case(number)
    if case is None:
        raise Http404
    return case


def _address(number: str) -> str:
    return f"{reverse('credit:queue')}?{urlencode({'case': number})}"


def _render(
    request: HttpRequest,
    *,
    view: str,
    case: Case | None,
    form: DecisionForm | None = None,
    comment_form: CommentForm | None = None,
    papers_form: PapersForm | None = None,
    status: int = FINE,
) -> HttpResponse:
    """Draw the page, or for htmx its three panes."""
    now, policy = clock.now(), active_policy()
    found = worklist(view, now=now, since=_midnight(), policy=policy, company=the_company())
    shown = case or _first(found)
    warn = timedelta(minutes=policy.warn_before_minutes)
    context = {
        "worklist": found,
        "views": _views(found),
        "view": view,
        "now": now,
        "day": today(),
        "policy": policy,
        "case": shown,
        **(_evidence(request, shown, form) if shown else {}),
        **({"age": ageing(shown, now=now, warn=warn)} if shown else {}),
        "comment_form": comment_form or CommentForm(),
        "papers_form": papers_form or PapersForm(),
        "most_files": MOST_FILES,
        "most_megabytes": MOST_BYTES // 1024 // 1024,
    }
    return render(request, f"{PAGE}#work" if wants_part(request) else PAGE, context, status=status)


def _first(found: Worklist) -> Case | None:
    return find_case(found.rows[0].case.number) if found.rows else None


def _views(found: Worklist) -> list[tuple[str, str, int]]:
    names = {
        "waiting": _("Waiting"),
        "second": _("Second approval"),
        "documents": _("Documents asked"),
        "reviews": _("Limits & reviews"),
        "decided": _("Decided today"),
    }
    return [(key, name, found.counts[key]) for key, name in names.items()]


def _refused(request: HttpRequest, case: Case, form: DecisionForm, status: int) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return _render(request, view="waiting", case=case, form=form, status=status)
    now = clock.now()
    warn = timedelta(minutes=active_policy().warn_before_minutes)
    context = {
        "case": case,
        "now": now,
        "age": ageing(case, now=now, warn=warn),
        "form": form,
        "may_decide": True,
        "signing": evidence.signing_of(case, at=now, actor=actor_of(request)),
    }
    return retarget(render(request, f"{PAGE}#decide", context, status=status), "#decide")


def _evidence(request: HttpRequest, case: Case, form: DecisionForm | None) -> dict[str, Any]:
    """Return what the middle and right panes show."""
    account = known.account_for_page(case.customer, today=today())
    holds = list(known.holds_that_stand(case.customer.pk))
    order = case.order
    waiting = order.gross_amount if order and order.state in Order.WAITING else ZERO
    may_decide = not case.is_decided and request.user.has_perm("credit.decide_creditapplication")
    proposals = evidence.proposals_of(case)
    return {
        "account": account,
        "standing": account.standing(today()),
        "gauge": known.gauge_of(account, this_order=waiting, on=today()),
        "holds": holds,
        "orders": known.open_orders(case.customer.pk),
        "checks": known.latest_checks(order.pk) if order else [],
        "decisions": known.latest_decisions(case.customer.pk),
        "facts": named_facts(case.application.inputs) if case.application else [],
        "score": evidence.score_of(case.customer.pk),
        "documents": evidence.documents_of(case),
        "comments": evidence.comments_of(case),
        "proposals": proposals,
        "proposal": next((one for one in proposals if _is_open(one)), None),
        "report": evidence.report_of(case.customer.pk),
        "signing": evidence.signing_of(case, at=clock.now(), actor=actor_of(request))
        if may_decide
        else None,
        "form": form or _blank(case, holds, account),
        "may_decide": may_decide,
    }


def _is_open(proposal: CreditProposal) -> bool:
    return proposal.status == CreditProposal.Status.OPEN


def _blank(case: Case, holds: list[Hold], account: CreditAccount) -> DecisionForm:
    """Offer the limit that the case needs, never less than there is, and the part that fits."""
    currency, room = case.customer.currency, account.available
    needed = account.exposure + case.amount
    limit = case.amount if case.application else max(account.limit, needed)
    return DecisionForm(
        choices=desk.choices_for(case, holds),
        initial={
            "seen": mark_of(case.subject),
            "until": today() + desk.APPROVED_FOR,
            "limit": round_money(limit, currency),
            "part": round_money(room, currency) if 0 < room < case.amount else None,
        },
    )


def _midnight() -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(clock.now()), time.min))
