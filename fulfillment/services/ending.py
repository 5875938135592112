"""A batch ends by itself with the last of its pick lists."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from fulfillment import selectors
from fulfillment.models import PickBatch, PickList
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.transactions import Busy, service
from orders.models import Order
from orders.services import lock_order

OPEN = (PickBatch.State.RELEASED, PickBatch.State.PICKING)
WALKED = (PickList.State.RELEASED, PickList.State.PICKING)


@service
def hold_list(pick_list_id: int) -> tuple[Order, PickBatch | None, PickList]:
    """Lock a pick list after its order and the batch that it is in; return all three.

    Raises:
        PickList.DoesNotExist: no such list.
        Busy: somebody put it into a batch, or out of it, at this very moment.
    """
    order_id, batch_id = selectors.owners_of(pick_list_id)
    order = lock_order(order_id)
    batch = None if batch_id is None else lock(PickBatch, batch_id)
    pick_list = lock(PickList, pick_list_id)
    ensure_still_in(batch, pick_list)
    return order, batch, pick_list


def hold_lists(pick_list_ids: Iterable[int]) -> dict[int, PickList]:
    """Lock pick lists after the batches that they are in; return them by key.

    Who stops several in one step begins with this: a list's batch is locked before any list.

    Raises:
        Busy: somebody put one of them into a batch, or out of it, at this very moment.
    """
    lists = PickList.objects.filter(pk__in=list(pick_list_ids))
    seen = dict(lists.values_list("pk", "batch"))
    batches = lock_many(PickBatch, [key for key in seen.values() if key is not None])
    held = lock_many(PickList, seen)
    for key, pick_list in held.items():
        ensure_still_in(batches.get(seen[key]), pick_list)
    return held


def ensure_still_in(batch: PickBatch | None, pick_list: PickList) -> None:
    """Refuse a locked list that went into a batch, or out of it, since that was read.

    Raises:
        Busy: somebody did that at this very moment.
    """
    if pick_list.batch_id != (batch.pk if batch else None):
        message = _("Somebody is putting %(list)s into a batch, or out of it. Do it again.")
        raise Busy(message % {"list": pick_list})


def end_with(batch: PickBatch | None, *, at: datetime, actor: Actor) -> None:
    """End a locked batch of which no list is still to be walked; one that is over stays so."""
    if batch is None or batch.state not in OPEN:
        return
    if batch.pick_lists.filter(state__in=WALKED).exists():
        return
    if batch.state == PickBatch.State.PICKING:
        batch.finish(at=at)
    else:
        batch.cancel()
    audit.save(batch, at=at, actor=actor)
