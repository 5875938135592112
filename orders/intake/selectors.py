"""What the pages ask about documents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from o2c.kernel.text import fold
from orders.intake.formats import LAYOUT_READERS, ORDER_READERS, TABLE_READERS
from orders.models import IntakeCorrection, IntakeDocument

PAGE = 50
MOST_CORRECTIONS = 200
ORDERS = (
    ("", _("newest first")),
    ("oldest", _("oldest first")),
    ("doubt", _("least certain first")),
)
RANKED = {"oldest": ("received_at", "pk"), "doubt": ("confidence", "pk")}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody wants to see of the list; unknown words choose nothing."""

    state: str = ""
    file_format: str = ""
    customer: str = ""
    order: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], *, states: Iterable[str]) -> "Chosen":
        """Read what a page's address asks for."""
        state, order = asked.get("state", ""), asked.get("sort", "")
        file_format = asked.get("format", "")
        return cls(
            state=state if state in states else "",
            file_format=file_format if file_format in formats() else "",
            customer=asked.get("customer", "").strip()[:60],
            order=order if order in RANKED else "",
        )

    @property
    def is_ranked(self) -> bool:
        return bool(self.order)


def formats() -> list[str]:
    """Return the formats that documents may have."""
    return [*chain(TABLE_READERS, LAYOUT_READERS, ("eml",), ORDER_READERS)]


def documents(chosen: Chosen, *, before: int | None = None) -> list[IntakeDocument]:
    """Return documents as somebody chose them, one more than a page holds."""
    found = IntakeDocument.objects.select_related("file", "customer", "order")
    if chosen.state:
        found = found.filter(state=chosen.state)
    if chosen.file_format:
        found = found.filter(file_format=chosen.file_format)
    if chosen.customer:
        found = found.filter(
            Q(customer__number__iexact=chosen.customer)
            | Q(customer__folded_name__contains=fold(chosen.customer))
        )
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by(*RANKED.get(chosen.order, ("-pk",)))[: PAGE + 1])


def waiting_count() -> int:
    """Return how many documents wait for a person."""
    return IntakeDocument.objects.filter(state=IntakeDocument.State.IN_REVIEW).count()


def next_waiting(after: int) -> IntakeDocument | None:
    """Return the oldest document in review that is not this one."""
    waiting = IntakeDocument.objects.filter(state=IntakeDocument.State.IN_REVIEW)
    return waiting.exclude(pk=after).order_by("pk").first()


def family_of(document: IntakeDocument) -> list[IntakeDocument]:
    """Return the mail that a document came with, and what else came with it."""
    mail = document.parent_id or document.pk
    same = IntakeDocument.objects.select_related("file").filter(Q(pk=mail) | Q(parent=mail))
    return list(same.exclude(pk=document.pk).order_by("pk")[:PAGE])


def corrections(*, customer_id: int | None = None) -> list[IntakeCorrection]:
    """Return what people have taught us and nobody has revoked, newest first."""
    found = IntakeCorrection.objects.filter(revoked_at=None).select_related(
        "customer", "product", "document__file"
    )
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    return list(found.order_by("-pk")[:MOST_CORRECTIONS])
