"""Offers below the listed price: who writes one may not let it go when the discount is large."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from o2c.kernel.actors import Actor
from o2c.kernel.audited import Audited
from o2c.kernel.errors import DomainError
from o2c.kernel.models import User
from orders.models import ApprovalRule
from orders.rules import Threshold
from orders.services.findings import had_a_hand
from orders.services.needs import Asked, Need, deepest, needs_of


class OfferNeedsApproval(DomainError):
    """Somebody else, with the permission to approve such a discount, lets the offer go."""

    code = "offer_needs_approval"


def ensure_approved(
    prices: Iterable[tuple[Decimal, Decimal | None]],
    *,
    currency: str,
    owner_id: int | None,
    offer: Audited,
    earlier: Iterable[Audited] = (),
    actor: Actor,
) -> None:
    """Refuse to let `offer` go, each line (price, listed price), when it needs a second person.

    That is nobody who wrote or changed it, or one of the `earlier` revisions that it came from.

    Orders made of it are not asked about their discount again.

    Raises:
        OfferNeedsApproval: the discount is over the threshold, and who lets it go had a hand in
            it or may not approve orders.
    """
    asked = Asked(net_amount=None, currency=currency, discount_rate=deepest(prices))
    needs = needs_of(asked, _thresholds())
    if needs and not _may_approve(actor, owner_id, [offer, *earlier], needs):
        told = " ".join(need.reason for need in needs)
        raise OfferNeedsApproval(
            _("%(why)s Somebody else who may approve orders has to let it go.") % {"why": told}
        )


def _thresholds() -> list[Threshold]:
    rules = ApprovalRule.objects.filter(kind=ApprovalRule.Kind.DISCOUNT, is_active=True)
    return [
        Threshold(kind=rule.kind, currency="", threshold=rule.threshold, approver=rule.approver)
        for rule in rules.order_by("pk")
    ]


def _may_approve(
    actor: Actor, owner_id: int | None, offers: Sequence[Audited], needs: Iterable[Need]
) -> bool:
    if actor.kind != "user" or actor.id == str(owner_id):
        return False
    user = User.objects.filter(pk=actor.id).first()
    if user is None or had_a_hand(offers[0], user, earlier=offers[1:]):
        return False
    return all(user.has_perm(need.permission) for need in needs)
