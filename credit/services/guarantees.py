"""Guarantees and credit insurance: somebody else answers for a debt, up to an amount and a day.

Each adds to the limit on every day on which it is valid. Nothing has to run when it begins or
ends: the account's statement asks for the day of the check.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit.models import Guarantee
from credit.services.accounts import known_account
from credit.services.reviews import recheck_waiting
from credit.services.scruples import LARGEST_AMOUNT, ensure_reason
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.models import StoredFile
from o2c.kernel.money import round_money
from o2c.kernel.transactions import service


class RecordedAlready(DomainError):
    """The same paper of the same issuer is on record for this customer."""

    code = "guarantee_recorded"


class WithdrawnAlready(DomainError):
    code = "guarantee_withdrawn"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a guarantee or an insurance policy says. The amount is in the customer's currency."""

    kind: str
    issuer: str
    reference: str
    amount: Decimal
    valid_from: date
    valid_until: date
    document_id: int | None = None


@service
def record_guarantee(customer_id: int, *, paper: Paper, at: datetime, actor: Actor) -> Guarantee:
    """Record a guarantee; waiting orders go on as far as it makes room for them.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: an entry cannot be right; its `field` says which.
        RecordedAlready: it is on record.
    """
    customer = lock(Customer, customer_id)
    today = local_date(at, the_company())
    _ensure_sensible(paper, today)
    same = {"issuer": paper.issuer.strip(), "reference": paper.reference.strip()}
    if Guarantee.objects.filter(customer=customer, **same).exists():
        raise RecordedAlready(
            _("%(issuer)s %(reference)s is recorded for %(customer)s already.")
            % {**same, "customer": customer}
        )
    guarantee = Guarantee(
        customer=customer,
        kind=paper.kind,
        amount=round_money(paper.amount, customer.currency),
        valid_from=paper.valid_from,
        valid_until=paper.valid_until,
        document_id=paper.document_id,
        recorded_at=at,
        recorded_by=actor.name,
        **same,
    )
    audit.create(guarantee, at=at, actor=actor, touches=[customer.label])
    _follow(customer, guarantee, guarantee.amount, today)
    recheck_waiting(customer_id, at=at, actor=actor)
    return guarantee


@service
def withdraw_guarantee(guarantee_id: int, *, reason: str, at: datetime, actor: Actor) -> Guarantee:
    """Let a guarantee count no more. No running order stops; nothing more goes on by it.

    Raises:
        Guarantee.DoesNotExist: no such guarantee.
        WithdrawnAlready: it counts no more already.
        InvalidInput: no reason is given.
    """
    customer_id = Guarantee.objects.values_list("customer_id", flat=True).get(pk=guarantee_id)
    customer = lock(Customer, customer_id)
    ensure_reason(reason)
    guarantee = Guarantee.objects.get(pk=guarantee_id)
    if guarantee.withdrawn_at is not None:
        raise WithdrawnAlready(_("%(guarantee)s was withdrawn already.") % {"guarantee": guarantee})
    guarantee.withdrawn_at, guarantee.withdrawn_by = at, actor.name
    guarantee.withdrawal_reason = reason
    audit.save(guarantee, at=at, actor=actor, reason=reason, touches=[customer.label])
    _follow(customer, guarantee, -guarantee.amount, local_date(at, the_company()))
    return guarantee


def _follow(customer: Customer, guarantee: Guarantee, amount: Decimal, today: date) -> None:
    """Let an account that this step has read already know of it."""
    account = known_account(customer)
    if account is not None and guarantee.valid_from <= today <= guarantee.valid_until:
        account.backing += amount


def _ensure_sensible(paper: Paper, today: date) -> None:
    if paper.kind not in Guarantee.Kind.values:
        raise InvalidInput(_("Choose a guarantee or credit insurance."), field="kind")
    for field, longest in (("issuer", 200), ("reference", 80)):
        text = getattr(paper, field).strip()
        if not text or len(text) > longest:
            message = _("Enter one to %(longest)s characters.") % {"longest": longest}
            raise InvalidInput(message, field=field)
    if not (paper.amount.is_finite() and 0 < paper.amount <= LARGEST_AMOUNT):
        raise InvalidInput(_("Enter an amount above zero."), field="amount")
    if paper.valid_until < paper.valid_from:
        raise InvalidInput(_("It ends before it begins."), field="valid_until")
    if paper.valid_until < today:
        raise InvalidInput(_("This date is past."), field="valid_until")
    if paper.document_id and not StoredFile.objects.filter(pk=paper.document_id).exists():
        raise InvalidInput(_("There is no such document."), field="document")
