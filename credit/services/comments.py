"""What colleagues tell each other about a case."""

from datetime import datetime

from django.utils.translation import gettext as _

from credit.models import CaseComment, CreditApplication
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.transactions import service
from orders.models import Order

LONGEST = 2000


@service
def comment_on(
    case: CreditApplication | Order, *, text: str, at: datetime, actor: Actor
) -> CaseComment:
    """Keep a remark on an application or on an order; it is never changed.

    Raises:
        InvalidInput: nothing is said, or too much.
    """
    text = text.strip()
    if not text:
        raise InvalidInput(_("Write what there is to say."), field="text")
    if len(text) > LONGEST:
        raise InvalidInput(_("Say it in %(count)s characters.") % {"count": LONGEST}, field="text")
    is_application = isinstance(case, CreditApplication)
    comment = CaseComment(
        customer_id=case.customer_id,
        application_id=case.pk if is_application else None,
        order_id=None if is_application else case.pk,
        text=text,
        written_at=at,
        written_by=actor.name,
    )
    rows.insert([comment])
    audit.record(case.label, "comment", at=at, actor=actor, reason=text[:300])
    return comment
