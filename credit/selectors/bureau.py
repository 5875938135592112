"""What credit bureaus said, and about whom they are to be asked."""

from datetime import datetime

from credit.bureau import Subject
from credit.models import BureauReport, CreditApplication


def subject_to_ask(application_id: int, *, since: datetime) -> Subject | None:
    """Return about whom to ask; nobody when the case is closed or was answered since then."""
    waiting = CreditApplication.objects.waiting().select_related("customer")
    application = waiting.filter(pk=application_id).first()
    if application is None or was_answered(application.customer_id, since=since):
        return None
    customer = application.customer
    return Subject(
        customer_id=customer.pk,
        number=customer.number,
        name=customer.name,
        tax_number=customer.vat_number,
    )


def was_answered(customer_id: int, *, since: datetime) -> bool:
    """Say whether a report about the customer was asked for since then and is kept."""
    return BureauReport.objects.filter(customer=customer_id, asked_at__gte=since).exists()


def latest_report(customer_id: int) -> BureauReport | None:
    """Return the latest report about a customer, or the problem in its place."""
    return BureauReport.objects.filter(customer=customer_id).order_by("-pk").first()
