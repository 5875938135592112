"""Findings that stay with an order: kept with a draft, mended, looked at or waived."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.audited import Audited
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.models import AuditEntry, User
from o2c.kernel.transactions import service
from orders.models import Order, OrderFinding
from orders.rules import RULES, Finding
from orders.services.background import background_of
from orders.services.locking import lock_order
from orders.services.needs import waiver_limit

State = OrderFinding.State
MESSAGE_LENGTH = 400
REASON_LENGTH = 300


class NotWaivable(DomainError):
    """This rule is never waived: what it found must be mended."""

    code = "not_waivable"


class MayNotWaive(DomainError):
    """Somebody else must waive this."""

    code = "may_not_waive"


class FindingDecided(DomainError):
    """The finding is answered already."""

    code = "finding_decided"


def keep_findings(order: Order, found: Sequence[Finding], *, at: datetime) -> None:
    """Keep with an order that was just inserted what the rules found; one statement, if any."""
    rows.insert([_row(order, one, at) for one in _distinct(found)])


def follow_findings(order: Order, found: Sequence[Finding], *, at: datetime, actor: Actor) -> None:
    """Bring the open findings of a locked order in line with what the rules find now.

    What is found no more is resolved, what is new is added, what was waived for the same fact
    stays waived.
    """
    held = list(OrderFinding.objects.filter(order=order).exclude(state=State.RESOLVED))
    waived = {one.fingerprint for one in held if one.state == State.WAIVED}
    wanted = {
        (one.rule, one.field): one for one in _distinct(found) if one.fingerprint not in waived
    }
    changed: dict[OrderFinding, list[str]] = {}
    for row in held:
        if row.state != State.OPEN:
            continue
        still = wanted.pop((row.rule, row.field), None)
        if still is None:
            row.state, row.decided_at = State.RESOLVED, at
        else:
            row.message, row.fingerprint = still.message[:MESSAGE_LENGTH], still.fingerprint
        changed[row] = [order.label]
    if changed:
        audit.save_many(changed, at=at, actor=actor)
    rows.insert([_row(order, one, at) for one in wanted.values()])


def waived_of(order: Order) -> Collection[str]:
    """Return the fingerprints of what was waived on an order."""
    waived = OrderFinding.objects.filter(order=order, state=State.WAIVED)
    return set(waived.values_list("fingerprint", flat=True))


@service
def waive_finding(finding_id: int, *, reason: str, by: User, at: datetime) -> OrderFinding:
    """Let a finding pass, with a reason, while the fact that it is about stays the same.

    Raises:
        OrderFinding.DoesNotExist: no such finding.
        FindingDecided: it is answered already.
        NotWaivable: the rule says that it must be mended.
        MayNotWaive: the person may not, or had a hand in an order that needs somebody else.
        InvalidInput: without a reason.
    """
    finding, order = _locked(finding_id)
    rule = RULES.get(finding.rule)
    if rule is None or not rule.waived_by:
        raise NotWaivable(_("This is never waived. Mend the order instead."))
    if not by.has_perm(rule.waived_by):
        raise MayNotWaive(_("You may not waive this. Ask somebody of %(owner)s.") % _owner(finding))
    if not reason.strip():
        raise InvalidInput(_("Say why it may pass."), field="reason")
    if rule.needs_second and _is_over(order) and had_a_hand(order, by):
        raise MayNotWaive(
            _("You entered %(order)s, so somebody else must waive this.") % {"order": order}
        )
    finding.state = State.WAIVED
    finding.reason = reason.strip()[:REASON_LENGTH]
    return _decide(finding, order, by, at=at, reason=finding.reason)


@service
def resolve_finding(finding_id: int, *, by: User, at: datetime) -> OrderFinding:
    """Note that somebody has looked at a warning.

    Raises:
        OrderFinding.DoesNotExist: no such finding.
        FindingDecided: it is answered already.
        NotWaivable: it blocks the order, so that looking is not enough.
    """
    finding, order = _locked(finding_id)
    if finding.severity != OrderFinding.Severity.WARN:
        raise NotWaivable(_("This keeps the order from being submitted. Mend or waive it."))
    finding.state = State.RESOLVED
    return _decide(finding, order, by, at=at, reason="")


def had_a_hand(document: Audited, user: User, *, earlier: Iterable[Audited] = ()) -> bool:
    """Say whether somebody has entered or changed an order or an offer, or what it came from."""
    labels = [one.label for one in (document, *earlier)]
    entries = AuditEntry.objects.filter(
        objects_touched__overlap=labels,
        subject__in=labels,
        actor_kind="user",
        actor_id=str(user.pk),
    )
    return entries.filter(action__in=["create", "change", "repeat"]).exists()


def _locked(finding_id: int) -> tuple[OrderFinding, Order]:
    order_id = OrderFinding.objects.values_list("order", flat=True).get(pk=finding_id)
    order = lock_order(order_id)
    finding = OrderFinding.objects.get(pk=finding_id)
    if finding.state != State.OPEN:
        raise FindingDecided(_("Somebody has answered this already. Look at the order again."))
    return finding, order


def _decide(
    finding: OrderFinding, order: Order, by: User, *, at: datetime, reason: str
) -> OrderFinding:
    finding.decided_by = by
    finding.decided_at = at
    actor = Actor.user(by)
    return audit.save(finding, at=at, actor=actor, reason=reason, touches=[order.label])


def _is_over(order: Order) -> bool:
    thresholds = background_of(
        customer_id=order.customer_id, customer_po="", product_ids=[], order_id=order.pk
    ).thresholds
    return order.net_amount > waiver_limit(order.currency, thresholds)


def _owner(finding: OrderFinding) -> dict[str, str]:
    return {"owner": str(finding.get_owner_display())}


def _distinct(found: Sequence[Finding]) -> list[Finding]:
    """One finding a rule and field: the first."""
    kept: dict[tuple[str, str], Finding] = {}
    for one in found:
        kept.setdefault((one.rule, one.field), one)
    return list(kept.values())


def _row(order: Order, found: Finding, at: datetime) -> OrderFinding:
    return OrderFinding(
        order=order,
        rule=found.rule,
        severity=found.severity,
        field=found.field,
        message=found.message[:MESSAGE_LENGTH],
        owner=found.owner,
        fingerprint=found.fingerprint,
        found_at=at,
    )
