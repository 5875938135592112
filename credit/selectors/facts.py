"""What the guidelines look at."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from credit.guidelines import FACTS
from credit.models import CreditAccount, CreditApplication
from credit.selectors.history import YEAR, History
from o2c.kernel.ui.figures import Text


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: amounts in the account's currency, tax included.

    `country`: where the goods go, as an ISO 3166 code.
    """

    requested_amount: Decimal
    order_amount: Decimal | None
    country: str


def guideline_facts(
    account: CreditAccount,
    application: CreditApplication,
    request: Request,
    history: History,
    *,
    today: date,
) -> dict[str, Any]:
    """Return what the guidelines look at, as JSON types, so that it can be kept and replayed."""
    order_amount, years = request.order_amount, history.bureau_years
    return {
        "requested_amount": str(request.requested_amount),
        "exposure": str(account.exposure),
        "order_amount": None if order_amount is None else str(order_amount),
        "currency": account.currency,
        "standing": str(account.standing(today)),
        "country": request.country,
        "years_as_customer": (today - account.customer.created_at.date()).days // YEAR.days,
        "years_in_business": application.years_in_business if years is None else years,
        "trade_references": application.trade_references,
        "bureau_score": history.bureau_score,
        "score": account.score,
        "risk_class": account.risk_class or None,
        **_of_history(history, today),
    }


def _of_history(history: History, today: date) -> dict[str, Any]:
    declined_on = history.declined_on
    return {
        "days_since_declined": None if declined_on is None else (today - declined_on).days,
        "overdue_holds_last_year": history.overdue_holds,
        "orders_placed": history.orders_placed,
        "orders_closed": history.orders_closed,
        "orders_paid_on_time": history.orders_paid_on_time,
        **_of_payments(history, today),
    }


def _of_payments(history: History, today: date) -> dict[str, Any]:
    """Return how the customer pays; what receivables has not told stays unknown."""
    behaviour = history.behaviour
    if behaviour is None:
        names = ("average_days_late", "share_paid_late", "broken_promises", "disputes")
        return dict.fromkeys([*names, "oldest_overdue_days"])
    late, share = behaviour.average_days_late, behaviour.share_paid_late
    return {
        "average_days_late": None if late is None else str(late),
        "share_paid_late": None if share is None else str(share),
        "broken_promises": behaviour.broken_promises,
        "disputes": behaviour.disputes,
        "oldest_overdue_days": behaviour.days_overdue(today),
    }


# Shown elsewhere on the page of a case.
ELSEWHERE = {"requested_amount", "exposure", "order_amount", "currency", "standing"}


def named_facts(facts: dict[str, Any]) -> list[tuple[Text, Any]]:
    """Return what the guidelines saw as people read it; what was unknown is left out."""
    return [
        (fact.label, facts[fact.name])
        for fact in FACTS
        if fact.name not in ELSEWHERE and facts.get(fact.name) is not None
    ]
