"""Saving a filtered list of orders under a name, alone or for one's role."""

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import User
from o2c.kernel.transactions import service
from reporting.models import ListSetting, SavedView

NAME_LENGTH, QUERY_LENGTH = 40, 500
MOST = 12
# What belongs to a page of a list, not to the list.
NOT_KEPT = ("after", "saved", "name", "role", "csrfmiddlewaretoken")


def query_kept(asked: QueryDict) -> str:
    """Return what of a page's query makes the list what it is."""
    return urlencode(
        [(name, asked[name]) for name in asked if name not in NOT_KEPT and asked[name]]
    )


def views_for(user: User) -> list[SavedView]:
    """Return somebody's own views, then those that others share with one of their roles."""
    roles = list(user.groups.values_list("name", flat=True))
    views = SavedView.objects.filter(Q(user=user) | Q(role__in=roles)).order_by("name", "pk")
    return sorted(views[:MOST], key=lambda view: view.user_id != user.pk)


@service
def save_view(*, user: User, name: str, query: str, role: str, at: datetime) -> SavedView:
    """Keep a list under a name; the same name again is the list as it is now.

    Raises:
        InvalidInput: no name, a query that is too long, too many views, or a role not held.
    """
    name = name.strip()[:NAME_LENGTH]
    if not name or len(query) > QUERY_LENGTH:
        raise InvalidInput(_("Give the view a name."), field="name")
    if role and not user.groups.filter(name=role).exists():
        raise InvalidInput(_("Share it with a role that you have."), field="role")
    mine = SavedView.objects.filter(user=user)
    if mine.exclude(name=name).count() >= MOST:
        raise InvalidInput(_("Remove a saved view first: %(most)s is the most.") % {"most": MOST})
    view, _made = SavedView.objects.update_or_create(
        user=user, name=name, defaults={"query": query, "role": role, "created_at": at}
    )
    return view


@service
def remove_view(view_id: int, *, user: User) -> None:
    """Remove one of one's own views.

    Raises:
        SavedView.DoesNotExist: they have no such view.
    """
    SavedView.objects.get(pk=view_id, user=user).delete()


def is_roomy(user: User) -> bool:
    """Tell whether somebody likes the rows of lists far apart."""
    return ListSetting.objects.filter(user=user, is_roomy=True).exists()


@service
def set_row_height(user_id: int, *, is_roomy: bool) -> None:
    """Keep whether somebody likes the rows of lists far apart."""
    ListSetting.objects.update_or_create(user_id=user_id, defaults={"is_roomy": is_roomy})
