"""What the pages ask about documents."""

from orders.models import IntakeDocument

PAGE = 50


def documents(*, state: str = "", before: int | None = None) -> list[IntakeDocument]:
    """Return documents, newest first, one more than a page holds."""
    found = IntakeDocument.objects.select_related("file", "customer", "order")
    if state:
        found = found.filter(state=state)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[: PAGE + 1])


def waiting_count() -> int:
    """Return how many documents wait for a person."""
    return IntakeDocument.objects.filter(state=IntakeDocument.State.IN_REVIEW).count()


def next_waiting(after: int) -> IntakeDocument | None:
    """Return the oldest document in review that is not this one."""
    waiting = IntakeDocument.objects.filter(state=IntakeDocument.State.IN_REVIEW)
    return waiting.exclude(pk=after).order_by("pk").first()
