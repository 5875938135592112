"""Mails about credit: to our analysts, to the sales rep, and to the customer."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credit.models import CreditApplication, Hold
from customers.models import Contact
from customers.selectors import email_of
from o2c.kernel import mail, roles
from o2c.kernel.models import User

OUR_LANGUAGE = "en"


def tell_analysts(application_id: int) -> None:
    """Tell every credit analyst that an application needs a person."""
    application = _application(application_id)
    analysts = User.objects.filter(groups__name=roles.CREDIT_ANALYST, is_active=True)
    for analyst in analysts.order_by("pk"):
        mail.send(
            "credit/mail/referred",
            to=analyst.email,
            subject=_("%(number)s: credit of %(customer)s is to be decided")
            % {"number": application, "customer": application.customer},
            key=f"creditapplication-{application.pk}-referred-{analyst.pk}",
            language=OUR_LANGUAGE,
            context={
                "application": application,
                "address": f"{reverse('credit:queue')}?case={application}",
            },
        )


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
        context={"application": application, "order": application.order},
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


def _application(application_id: int) -> CreditApplication:
    found = CreditApplication.objects.select_related("customer__sales_rep", "order__owner")
    return found.get(pk=application_id)
