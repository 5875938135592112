"""A batch ends by itself with the last of its pick lists."""

from datetime import datetime

from django.utils.translation import gettext as _

from fulfillment.models import PickBatch, PickList
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.locks import lock
from o2c.kernel.transactions import Busy

WALKED = (PickList.State.RELEASED, PickList.State.PICKING)


def lock_batch_of(batch_id: int | None) -> PickBatch | None:
    """Lock the batch that a pick list was read to be in, before the list."""
    return None if batch_id is None else lock(PickBatch, batch_id)


def ensure_still_in(batch: PickBatch | None, pick_list: PickList) -> None:
    """Refuse a locked list that went into a batch, or out of it, since that was read.

    Raises:
        Busy: somebody did that at this very moment.
    """
    if pick_list.batch_id != (batch.pk if batch else None):
        message = _("Somebody is putting %(list)s into a batch, or out of it. Do it again.")
        raise Busy(message % {"list": pick_list})


def end_with(batch: PickBatch | None, *, at: datetime, actor: Actor) -> None:
    """End a locked batch of which no list is still to be walked."""
    if batch is None or batch.pick_lists.filter(state__in=WALKED).exists():
        return
    if batch.state == PickBatch.State.PICKING:
        batch.finish(at=at)
    else:
        batch.cancel()
    audit.save(batch, at=at, actor=actor)
