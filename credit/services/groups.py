"""A limit over a parent and all that belongs to it.

A group takes in its parent and everybody below, at any depth. One family has one group: a limit
is set at one height only, so that it is always clear which one an order has met. Should two come
to stand above each other because a customer got a parent, the topmost counts.
"""

from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from credit.events import GroupRoomMade
from credit.models import CreditGroup
from credit.selectors.together import ABOVE, members_of
from credit.services.scruples import LARGEST_AMOUNT, ensure_reason
from customers.models import Customer
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.money import round_money
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service

TOP = f"{ABOVE} SELECT parent_id FROM top"  # noqa: S608  names of ours

# Of a customer and all below, who does not buy in the currency of the group above them.
MIXED = f"""
    {ABOVE}, below (id) AS (
        SELECT unnest(%(customers)s::bigint[])
         UNION
        SELECT child.id FROM below JOIN customers_customer AS child ON child.parent_id = below.id
    )
    SELECT member.name, member.currency, known.currency
      FROM top JOIN credit_creditgroup AS known ON known.parent_id = top.parent_id
      JOIN customers_customer AS member ON member.id IN (SELECT id FROM below)
     WHERE member.currency <> known.currency ORDER BY member.id LIMIT 1
"""  # noqa: S608  names of ours


class NoGroup(DomainError):
    """A limit can only be set over several customers."""

    code = "no_group"


class GroupAlready(DomainError):
    """Another limit covers some of the same customers."""

    code = "group_already"


class SeveralCurrencies(DomainError):
    """Amounts of several currencies cannot be added up: nothing is converted."""

    code = "several_currencies"


@service
def set_group_limit(
    parent_id: int, *, limit: Decimal, reason: str, at: datetime, actor: Actor
) -> CreditGroup:
    """Limit what a parent and all that belong to it owe together, tax included.

    No running order stops; what waits of the members is looked at again.

    Raises:
        Customer.DoesNotExist: no such customer.
        NoGroup: nobody belongs to this customer.
        GroupAlready: there is a limit above or below it; the message names whose.
        SeveralCurrencies: the members do not all buy in one currency.
        InvalidInput: the limit or the reason cannot be right.
    """
    locks.one_at_a_time("credit.groups")
    parent = locks.lock(Customer, parent_id)
    ensure_reason(reason)
    if not (limit.is_finite() and 0 <= limit <= LARGEST_AMOUNT):
        raise InvalidInput(_("Enter a limit of zero or more."), field="limit")
    _ensure_one_family(parent)
    group = _group_of(parent_id) or CreditGroup(parent=parent, currency=parent.currency)
    group.limit, group.reason = round_money(limit, parent.currency), reason
    group.decided_at, group.decided_by = at, actor.name
    if group._state.adding:
        audit.create(group, at=at, actor=actor, touches=[parent.label])
    else:
        audit.save(group, at=at, actor=actor, reason=reason, touches=[parent.label])
    publish(GroupRoomMade(parent_id=parent_id, at=at, actor=actor))
    return group


@service
def remove_group_limit(parent_id: int, *, reason: str, at: datetime, actor: Actor) -> None:
    """Let the members have their own limits only; what waits of them is looked at again.

    Raises:
        Customer.DoesNotExist: no such customer.
        NoGroup: there is no limit to remove.
        InvalidInput: no reason is given.
    """
    locks.one_at_a_time("credit.groups")
    parent = locks.lock(Customer, parent_id)
    ensure_reason(reason)
    group = _group_of(parent_id)
    if group is None:
        raise NoGroup(_("There is no limit over %(customer)s.") % {"customer": parent})
    changes = {"limit": (group.limit, None)}
    audit.record(
        group.label,
        "remove",
        at=at,
        actor=actor,
        changes=changes,
        reason=reason,
        touches=[parent.label],
    )
    CreditGroup.objects.filter(pk=parent_id).delete()
    publish(GroupRoomMade(parent_id=parent_id, at=at, actor=actor))


@service
def ensure_one_currency(customer_id: int) -> None:
    """Raise if a customer who belongs to a group buys in another currency than the group's limit.

    Raises:
        SeveralCurrencies: the message names both.
    """
    with connection.cursor() as cursor:
        cursor.execute(MIXED, {"customers": [customer_id]})
        found = cursor.fetchone()
    if found is not None:
        name, currency, limited = found
        raise SeveralCurrencies(
            _(
                "%(customer)s buys in %(currency)s, and the limit of the group is in %(limited)s: "
                "choose another parent, or remove the limit first."
            )
            % {"customer": name, "currency": currency, "limited": limited},
            field="parent",
        )


def _group_of(parent_id: int) -> CreditGroup | None:
    try:
        return locks.lock(CreditGroup, parent_id)
    except CreditGroup.DoesNotExist:
        return None


def _ensure_one_family(parent: Customer) -> None:
    members = members_of(parent.pk)
    if len(members) == 1:
        raise NoGroup(
            _("Nobody belongs to %(customer)s: set its own limit instead.") % {"customer": parent}
        )
    other = CreditGroup.objects.filter(parent__in={*members, *_above(parent)})
    for group in other.exclude(pk=parent.pk).select_related("parent"):
        raise GroupAlready(
            _("There is a limit over %(customer)s, which covers some of the same customers.")
            % {"customer": group.parent}
        )
    family = Customer.objects.filter(pk__in=members).order_by("currency")
    currencies = list(family.values_list("currency", flat=True).distinct())
    if len(currencies) > 1:
        raise SeveralCurrencies(
            _("The members buy in %(currencies)s: a limit needs one currency.")
            % {"currencies": ", ".join(currencies)}
        )


def _above(parent: Customer) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(TOP, {"customers": [parent.pk]})
        return [pk for (pk,) in cursor.fetchall()]
