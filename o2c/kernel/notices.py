"""What our people are told in the portal: each notice once per person, with a way to solve it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from o2c.kernel.models import Notice, User
from o2c.kernel.ui.figures import Text

PAGE_SIZE = 50
LONGEST_TEXT = 300


def tell(users: Iterable[int], *, key: str, text: Text, link: str, at: datetime) -> None:
    """Tell each user, `users` by key, in one statement; who was told under this `key` is not again.

    `link` is a path of ours where the matter is solved. Safe to repeat, so `@after` handlers and
    jobs may call it.
    """
    Notice.objects.bulk_create(
        [
            Notice(user_id=user, key=key, text=_clipped(str(text)), link=link, created_at=at)
            for user in dict.fromkeys(users)
        ],
        ignore_conflicts=True,
    )


def people_of(*roles: str) -> list[int]:
    """Return the keys of the people who have one of the roles and may sign in."""
    people = User.objects.filter(groups__name__in=roles, is_active=True)
    return list(people.order_by("pk").values_list("pk", flat=True).distinct())


def unread_count(user_id: int) -> int:
    return Notice.objects.filter(user=user_id, read_at=None).count()


def notices_of(
    user_id: int, *, only_unread: bool = False, before: int | None = None
) -> "QuerySet[Notice]":
    """Return a user's notices, newest first: one more than a page holds, so one sees the end.

    `before` is the last notice of the page before.
    """
    found = Notice.objects.filter(user=user_id)
    if only_unread:
        found = found.filter(read_at=None)
    if before is not None:
        found = found.filter(pk__lt=before)
    return found.order_by("-pk")[: PAGE_SIZE + 1]


def mark_read(user_id: int, notice_id: int, *, at: datetime) -> Notice:
    """Note that a user has read one of their own notices; return it.

    Raises:
        Notice.DoesNotExist: the user has no such notice.
    """
    own = Notice.objects.filter(user=user_id, pk=notice_id)
    own.filter(read_at=None).update(read_at=at)
    return own.get()


def mark_all_read(user_id: int, *, up_to: int, at: datetime) -> int:
    """Note that a user has read all notices up to the newest that was shown; return how many."""
    seen = Notice.objects.filter(user=user_id, read_at=None, pk__lte=up_to)
    return seen.update(read_at=at)


def forget(*, before: datetime) -> int:
    """Forget what was read before an instant; what nobody has read is kept."""
    return Notice.objects.filter(read_at__lt=before).delete()[0]


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
