"""What our own people are told about cases: in the portal, and by mail where it cannot wait."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from credit.models import CreditApplication, CreditProposal
from o2c.kernel import mail, notices, roles
from o2c.kernel.models import User
from o2c.kernel.ui.dates import daytime
from o2c.kernel.ui.figures import money_in
from orders.models import Order

OUR_LANGUAGE = "en"


def case_link(number: str) -> str:
    """Return where a case is decided."""
    return f"{reverse('credit:queue')}?{urlencode({'case': number})}"


def tell_of_application(application_id: int, *, at: datetime) -> None:
    """Tell credit control that an application needs a person."""
    application = CreditApplication.objects.select_related("customer", "order").get(
        pk=application_id
    )
    with override(OUR_LANGUAGE):
        _tell_analysts(
            subject=_("%(number)s: credit of %(customer)s is to be decided")
            % {"number": application, "customer": application.customer},
            key=f"creditapplication-{application.pk}-referred",
            template="credit/mail/referred",
            context={"application": application},
            link=case_link(application.number),
            at=at,
        )


def tell_of_held_order(order_id: int, *, at: datetime) -> None:
    """Tell credit control that an order waits for them; not when it goes on already."""
    order = Order.objects.select_related("customer").get(pk=order_id)
    if order.state != Order.State.ON_HOLD:
        return
    with override(OUR_LANGUAGE):
        _tell_analysts(
            subject=_("%(order)s of %(customer)s, %(amount)s, waits for credit")
            % {
                "order": order,
                "customer": order.customer,
                "amount": money_in(order.gross_amount, order.currency),
            },
            key=f"order-{order.pk}-held-{order.revision}",
            template="credit/mail/case",
            context={"why": order.hold_reason},
            link=case_link(order.number),
            at=at,
        )


def tell_of_documents(application_id: int, *, at: datetime) -> None:
    """Tell credit control that what was asked for is here."""
    application = CreditApplication.objects.select_related("customer").get(pk=application_id)
    with override(OUR_LANGUAGE):
        notices.tell(
            analysts(),
            key=f"creditapplication-{application.pk}-documents-{at:%Y%m%d%H%M%S}",
            text=_("%(number)s: the documents of %(customer)s are here")
            % {"number": application, "customer": application.customer},
            link=case_link(application.number),
            at=at,
        )


def tell_nearly_late(number: str, *, answer_by: datetime) -> None:
    """Mail credit control about a case that is about to miss its time; the notice is there."""
    with override(OUR_LANGUAGE):
        text = nearly_late_words(number, answer_by)
        _mail(
            _people(),
            subject=text,
            key=f"case-{number}-nearly-late",
            template="credit/mail/case",
            context={"text": text, "link": case_link(number)},
        )


def nearly_late_words(number: str, answer_by: datetime) -> str:
    return _("%(number)s is to be answered by %(when)s") % {
        "number": number,
        "when": _plain(daytime(answer_by)),
    }


def tell_rep_decided(application_id: int, *, at: datetime) -> None:
    """Tell whose customer it is that an application was decided."""
    found = CreditApplication.objects.select_related("customer", "order")
    application = found.get(pk=application_id)
    order = application.order
    rep_id = (order and order.owner_id) or application.customer.sales_rep_id
    if rep_id is None:
        return
    with override(OUR_LANGUAGE):
        notices.tell(
            [rep_id],
            key=f"creditapplication-{application.pk}-decided",
            text=_("Credit of %(customer)s: %(state)s")
            % {
                "customer": application.customer,
                "state": str(application.get_state_display()).lower(),
            },
            link=reverse("credit:account", args=[application.customer.number]),
            at=at,
        )


def tell_rep_of_order(order_id: int, *, outcome: str, at: datetime) -> None:
    """Tell whose order it is what credit control has decided about it."""
    order = Order.objects.select_related("customer").get(pk=order_id)
    rep_id = order.owner_id or order.customer.sales_rep_id
    if rep_id is None:
        return
    with override(OUR_LANGUAGE):
        words = {
            "released": _("Credit control lets %(order)s of %(customer)s go on"),
            "part": _("Credit control lets part of %(order)s of %(customer)s go on"),
            "declined": _("Credit control has declined %(order)s of %(customer)s"),
        }
        notices.tell(
            [rep_id],
            key=f"order-{order.pk}-credit-{outcome}-{order.revision}",
            text=words[outcome] % {"order": order, "customer": order.customer},
            link=case_link(order.number),
            at=at,
        )


def tell_signers(proposal_id: int, *, at: datetime) -> None:
    """Tell everybody who may sign, but for who has proposed."""
    proposal = CreditProposal.objects.select_related(
        "customer", "proposed_by", "application", "order"
    ).get(pk=proposal_id)
    if proposal.status != CreditProposal.Status.OPEN:
        return
    people = [user for user in signers() if user.pk != proposal.proposed_by_id]
    link = reverse("credit:proposal", args=[proposal.pk])
    with override(OUR_LANGUAGE):
        text = _("%(who)s asks for your signature: %(customer)s, %(amount)s") % {
            "who": proposal.proposed_by,
            "customer": proposal.customer,
            "amount": money_in(proposal.amount, proposal.customer.currency),
        }
        key = f"creditproposal-{proposal.pk}"
        notices.tell([user.pk for user in people], key=key, text=text, link=link, at=at)
        context = {"text": text, "why": proposal.reason, "link": link}
        _mail(people, subject=text, key=key, template="credit/mail/case", context=context)


def tell_proposer(proposal_id: int, *, at: datetime) -> None:
    """Tell who has proposed how it was answered."""
    proposal = CreditProposal.objects.select_related("customer", "answered_by").get(pk=proposal_id)
    with override(OUR_LANGUAGE):
        notices.tell(
            [proposal.proposed_by_id],
            key=f"creditproposal-{proposal.pk}-answered",
            text=_("%(customer)s, %(amount)s: %(status)s by %(who)s")
            % {
                "customer": proposal.customer,
                "amount": money_in(proposal.amount, proposal.customer.currency),
                "status": str(proposal.get_status_display()).lower(),
                "who": proposal.answered_by,
            },
            link=reverse("credit:proposal", args=[proposal.pk]),
            at=at,
        )


def analysts() -> list[int]:
    """Return the keys of who works the queue."""
    return notices.people_of(roles.CREDIT_ANALYST, roles.CREDIT_MANAGER)


def signers() -> list[User]:
    """Return who may give the second signature, by name."""
    users = User.objects.filter(
        groups__permissions__codename="sign_creditproposal", is_active=True
    ).distinct()
    return list(users.order_by("first_name", "last_name", "pk"))


def _tell_analysts(
    *,
    subject: str,
    key: str,
    template: str,
    context: dict[str, object],
    link: str,
    at: datetime,
) -> None:
    notices.tell(analysts(), key=key, text=subject, link=link, at=at)
    context = {"text": subject, "link": link, "address": link, **context}
    _mail(_people(), subject=subject, key=key, template=template, context=context)


def _people() -> list[User]:
    """Return who is mailed about cases: the analysts, or the managers where there are none."""
    working = User.objects.filter(is_active=True).order_by("pk")
    return list(working.filter(groups__name=roles.CREDIT_ANALYST)) or list(
        working.filter(groups__name=roles.CREDIT_MANAGER)
    )


def _mail(
    people: Iterable[User], *, subject: str, key: str, template: str, context: Mapping[str, object]
) -> None:
    for user in people:
        mail.send(
            template,
            to=user.email,
            subject=subject,
            key=f"{key}-{user.pk}",
            language=OUR_LANGUAGE,
            context=context,
        )


def _plain(markup: str) -> str:
    return " ".join(strip_tags(markup).split())


def tell_of_lost_prepayment(order_id: int, *, at: datetime) -> None:
    """Tell credit control of an order that is under way without its payment in advance."""
    order = Order.objects.select_related("customer").get(pk=order_id)
    with override(OUR_LANGUAGE):
        notices.tell(
            analysts(),
            key=f"order-{order.pk}-prepayment-{at:%Y%m%d%H%M%S}",
            text=_("%(order)s of %(customer)s is under way, but its prepayment was taken back")
            % {"order": order, "customer": order.customer},
            link=case_link(order.number),
            at=at,
        )
