"""Mails about credit to the sales rep and to the customer; `credit.tellings` tells our analysts."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credit.advances import advances_of
from credit.models import CreditApplication, Hold
from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import mail
from orders.models import Order

OUR_LANGUAGE = "en"
# A hold that ended so soon was told to nobody.
UNTOLD = timedelta(minutes=1)


def tell_sales_rep(application_id: int) -> None:
    """Tell whose customer it is how an application was decided."""
    application = _application(application_id)
    order = application.order
    rep = (order and order.owner) or application.customer.sales_rep
    if rep is None:
        return
    mail.send(
        "credit/mail/decided",
        to=rep.email,
        subject=_("%(number)s: credit of %(customer)s was decided")
        % {"number": application, "customer": application.customer},
        key=f"creditapplication-{application.pk}-decided",
        language=OUR_LANGUAGE,
        context={
            "application": application,
            "account": application.customer.credit_account,
            "is_approved": application.state == CreditApplication.State.APPROVED,
        },
    )


def tell_customer_decided(application_id: int) -> None:
    """Tell the customer how their application was decided, in their language."""
    application = _application(application_id)
    address = email_of(application.customer, Contact.Role.PAYABLES)
    if not address:
        return
    decision = application.customer.credit_account.latest_decision
    mail.send(
        "credit/mail/answer",
        to=address,
        subject=_("Your credit with us"),
        key=f"creditapplication-{application.pk}-answer",
        language=application.customer.language,
        context={
            "application": application,
            "account": application.customer.credit_account,
            "valid_until": decision and decision.valid_until,
            "is_approved": application.state == CreditApplication.State.APPROVED,
            "advances": advances_of(application.customer_id),
        },
    )


def tell_rep_of_order(order_id: int, *, outcome: str, rest_id: int | None) -> None:
    """Tell whose order it is what credit control has decided about it."""
    order = Order.objects.select_related("customer__sales_rep", "owner").get(pk=order_id)
    rep = order.owner or order.customer.sales_rep
    if rep is None:
        return
    mail.send(
        "credit/mail/order_decided",
        to=rep.email,
        subject=_("%(order)s: credit control has decided") % {"order": order},
        key=f"order-{order.pk}-credit-{outcome}-{order.revision}",
        language=OUR_LANGUAGE,
        context={
            "order": order,
            "outcome": outcome,
            "rest": Order.objects.filter(pk=rest_id).first() if rest_id else None,
        },
    )


def ask_for_documents(application_id: int, *, asked_at: datetime) -> None:
    """Ask the customer for what credit control needs to decide."""
    application = _application(application_id)
    address = email_of(application.customer, Contact.Role.PAYABLES)
    if not address or application.state != CreditApplication.State.AWAITING_DOCUMENTS:
        return
    mail.send(
        "credit/mail/documents",
        to=address,
        subject=_("We need something from you to open your account"),
        key=f"creditapplication-{application.pk}-documents-{asked_at:%Y%m%d%H%M%S%f}",
        language=application.customer.language,
        context={
            "application": application,
            "order": application.order,
            "address": reverse("portal-credit:credit"),
        },
    )


def tell_held(hold_id: int) -> None:
    """Tell the customer that orders wait, why, and what to do; not when it has ended already.

    Holds for overdue invoices are told with the invoices and how to pay, where those are known.
    """
    hold = Hold.objects.select_related("customer").get(pk=hold_id)
    address = email_of(hold.customer, Contact.Role.PAYABLES)
    if not address or hold.released_at or hold.kind == Hold.Kind.OVERDUE:
        return
    mail.send(
        "credit/mail/held",
        to=address,
        subject=_("Your orders wait: your account is on hold"),
        key=f"hold-{hold.pk}",
        language=hold.customer.language,
        context={"hold": hold},
    )


def tell_hold_ended(hold_id: int) -> None:
    """Tell the customer that nothing stops their account any more.

    Not when another hold stands, nor when this one ended before it could be told.
    """
    hold = Hold.objects.select_related("customer").get(pk=hold_id)
    address = email_of(hold.customer, Contact.Role.PAYABLES)
    released_at = hold.released_at
    if not address or released_at is None or released_at - hold.placed_at < UNTOLD:
        return
    if Hold.objects.stopping_customers().filter(customer=hold.customer).exists():
        return
    mail.send(
        "credit/mail/hold_ended",
        to=address,
        subject=_("Your account is not on hold any more"),
        key=f"hold-{hold.pk}-ended",
        language=hold.customer.language,
        context={"hold": hold, "address": reverse("portal-credit:credit")},
    )


def _application(application_id: int) -> CreditApplication:
    found = CreditApplication.objects.select_related("customer__sales_rep", "order__owner")
    return found.get(pk=application_id)
