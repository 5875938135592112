"""Payment terms: what administrators may agree to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from customers.models import PaymentTerms
from customers.terms import Instalment, Step, Terms
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service

MOST_DAYS = 365
MOST_MONTHS = 12
MOST_DISCOUNTS = 4
MOST_INSTALMENTS = 24
ONE = Decimal(1)
DAYS_OF_MONTH = 31


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Terms with the name under which they are offered."""

    code: str
    name: str
    terms: Terms


@service
def create_terms(*, agreement: Agreement, at: datetime, actor: Actor) -> PaymentTerms:
    """Add payment terms.

    Raises:
        InvalidInput: they make no sense, or the code is taken; `field` names what is wrong.
    """
    locks.one_at_a_time("customers.terms")
    agreement = checked(agreement)
    _check_code(agreement.code, PaymentTerms())
    terms = PaymentTerms(**_columns(agreement))
    return audit.create(terms, at=at, actor=actor)


@service
def change_terms(
    terms_id: int, *, agreement: Agreement, seen: str = "", at: datetime, actor: Actor
) -> PaymentTerms:
    """Change payment terms; invoices that are issued keep their dates.

    Raises:
        PaymentTerms.DoesNotExist: no such terms.
        ChangedMeanwhile: somebody else has changed them since they were looked at.
        InvalidInput: they make no sense, or the code is taken; `field` names what is wrong.
    """
    locks.one_at_a_time("customers.terms")
    agreement = checked(agreement)
    terms = PaymentTerms.objects.get(pk=terms_id)
    refuse_if_changed(terms, seen=seen)
    _check_code(agreement.code, terms)
    for name, value in _columns(agreement).items():
        setattr(terms, name, value)
    return audit.save(terms, at=at, actor=actor)


@service
def stop_giving_terms(terms_id: int, *, at: datetime, actor: Actor) -> PaymentTerms:
    """Agree on these terms no more; customers and orders that have them keep them.

    Raises:
        PaymentTerms.DoesNotExist: no such terms.
    """
    return _set_active(terms_id, at=at, actor=actor, is_active=False)


@service
def give_terms_again(terms_id: int, *, at: datetime, actor: Actor) -> PaymentTerms:
    """Offer terms again.

    Raises:
        PaymentTerms.DoesNotExist: no such terms.
    """
    return _set_active(terms_id, at=at, actor=actor, is_active=True)


def checked(agreement: Agreement) -> Agreement:
    """Return the agreement with its parts in the order of their days.

    Raises:
        InvalidInput: it makes no sense; `field` names what is wrong.
    """
    terms = agreement.terms
    _check_numbers(terms)
    _check_discounts(terms.discounts)
    _check_instalments(terms.instalments)
    if terms.basis == "prepayment" and (terms.instalments or terms.discounts):
        message = _("What is paid before delivery has neither instalments nor a discount for it.")
        raise InvalidInput(message, field="basis")
    parts = sorted(terms.instalments, key=lambda part: part.days)
    steps = sorted(terms.discounts, key=lambda step: step.days)
    last = parts[-1].days if parts and terms.basis == "net" else terms.net_days
    is_dated = terms.basis == "day_of_month"
    tidy = replace(
        terms,
        net_days=last if terms.basis in {"net", "end_of_month"} else 0,
        days_before=terms.days_before if is_dated or terms.basis == "end_of_month" else 0,
        day_of_month=terms.day_of_month if is_dated else 0,
        months_ahead=terms.months_ahead if is_dated else 0,
        instalments=parts,
        discounts=steps,
    )
    return replace(agreement, code=agreement.code.strip().upper(), terms=tidy)


def _check_numbers(terms: Terms) -> None:
    for name in ("net_days", "days_before"):
        if not 0 <= getattr(terms, name) <= MOST_DAYS:
            message = _("Enter from 0 to %(most)s days.") % {"most": MOST_DAYS}
            raise InvalidInput(message, field=name)
    if terms.basis == "day_of_month" and not 1 <= terms.day_of_month <= DAYS_OF_MONTH:
        raise InvalidInput(_("Enter a day from 1 to 31."), field="day_of_month")
    if not 0 <= terms.months_ahead <= MOST_MONTHS:
        message = _("Enter from 0 to %(most)s months.") % {"most": MOST_MONTHS}
        raise InvalidInput(message, field="months_ahead")


def _check_discounts(steps: Sequence[Step]) -> None:
    if len(steps) > MOST_DISCOUNTS:
        message = _("Enter %(most)s discounts at most.") % {"most": MOST_DISCOUNTS}
        raise InvalidInput(message, field="discounts")
    for step in steps:
        if not (0 < step.rate < 1 and 0 <= step.days <= MOST_DAYS):
            message = _("A discount is more than 0 % and less than 100 %, within 0 to 365 days.")
            raise InvalidInput(message, field="discounts")
    by_days = sorted(steps, key=lambda step: step.days)
    if any(late.rate >= soon.rate for soon, late in pairwise(by_days)):
        message = _("Who pays later must get less: lower the rate with the days.")
        raise InvalidInput(message, field="discounts")


def _check_instalments(parts: Sequence[Instalment]) -> None:
    if len(parts) > MOST_INSTALMENTS:
        message = _("Enter %(most)s instalments at most.") % {"most": MOST_INSTALMENTS}
        raise InvalidInput(message, field="instalments")
    if any(part.share <= 0 or not 0 <= part.days <= MOST_DAYS for part in parts):
        message = _("A share is more than 0 %, due within 0 to 365 days.")
        raise InvalidInput(message, field="instalments")
    total = sum((part.share for part in parts), ZERO)
    if parts and total != ONE:
        message = _("The shares add up to %(total)s %%, not to 100 %%.")
        shown = f"{(total * 100).normalize():f}"
        raise InvalidInput(message % {"total": shown}, field="instalments")


def _check_code(code: str, terms: PaymentTerms) -> None:
    if PaymentTerms.objects.filter(code=code).exclude(pk=terms.pk).exists():
        message = _("“%(code)s” is taken by other payment terms.")
        raise InvalidInput(message % {"code": code}, field="code")


def _columns(agreement: Agreement) -> dict[str, object]:
    values = asdict(agreement.terms)
    parts, steps = values.pop("instalments"), values.pop("discounts")
    return {
        **values,
        "code": agreement.code,
        "name": agreement.name,
        "instalment_days": [part["days"] for part in parts],
        "instalment_shares": [part["share"] for part in parts],
        "discount_days": [step["days"] for step in steps],
        "discount_rates": [step["rate"] for step in steps],
    }


def _set_active(terms_id: int, *, at: datetime, actor: Actor, is_active: bool) -> PaymentTerms:
    locks.one_at_a_time("customers.terms")
    terms = PaymentTerms.objects.get(pk=terms_id)
    terms.is_active = is_active
    return audit.save(terms, at=at, actor=actor)
