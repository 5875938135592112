"""The portal's navigation per role: data, by URL name, so that nothing here imports a stage.

An item appears when the person holds its permission. Somebody with
several roles sees the union: each item once, under the first heading that works with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from o2c.kernel.models import Company, User
from o2c.kernel.ui.figures import Text
from o2c.kernel.ui.menu import CUSTOMER, FINANCE, ITEMS, LAYOUTS, READ_ONLY, Item, Layout


@dataclass(frozen=True, kw_only=True)
class Link:
    """An item that this person can open, with its address."""

    item: Item
    href: str
    is_current: bool = False


@dataclass(frozen=True, kw_only=True)
class Action:
    """The top bar's quick action; `key` opens it."""

    icon: str
    label: Text
    key: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Items under one heading of the rail."""

    heading: Text
    links: Sequence[Link]


class Navigation:
    """What one person can open, seen from one page."""

    def __init__(self, user: User | AnonymousUser, path: str) -> None:
        self.user = user
        self.path = path

    @cached_property
    def layouts(self) -> list[Layout]:
        names = set(self.user.groups.values_list("name", flat=True))
        held = [layout for role, layout in LAYOUTS.items() if role in names]
        if self.user.is_superuser:
            held.append(FINANCE)
        return _unique(held)

    @cached_property
    def groups(self) -> list[Group]:
        """The rail: Today first, then each heading with what this person can open."""
        placed: set[str] = {"today"}
        headings: dict[Text, list[str]] = {}
        rails = [entry for layout in self.layouts for entry in layout.rail]
        working = [entry for entry in rails if entry[0] not in READ_ONLY]
        reading = [entry for entry in rails if entry[0] in READ_ONLY]
        for heading, keys in [*working, *reading]:
            fresh = [key for key in keys if key not in placed]
            headings.setdefault(heading, []).extend(fresh)
            placed.update(fresh)
        first = (
            [] if CUSTOMER in self.layouts else [Group(heading="", links=self._links(["today"]))]
        )
        groups = [Group(heading=h, links=self._links(keys)) for h, keys in headings.items()]
        return [group for group in [*first, *groups] if group.links]

    @cached_property
    def tabs(self) -> list[Link]:
        """The phone's tabs: those of the person's first role."""
        return self._links(self.layouts[0].tabs) if self.layouts else self._links(["today"])

    @cached_property
    def action(self) -> Action | None:
        """The top bar's one quick action: that of the first role that has one."""
        layouts = (layout for layout in self.layouts if layout.action in self._addresses)
        for layout in layouts:
            return Action(
                icon=ITEMS[layout.action].icon,
                label=layout.action_label,
                key=layout.action_key,
                href=self._addresses[layout.action],
            )
        return None

    @cached_property
    def company(self) -> Text:
        """The selling company's name, or the portal's while none is set up."""
        company = Company.objects.order_by("pk").first()
        return company.name if company else _("Order to cash")

    @cached_property
    def _addresses(self) -> dict[str, str]:
        found = {key: self._address(item) for key, item in ITEMS.items()}
        return {key: address for key, address in found.items() if address}

    @cached_property
    def _current(self) -> str:
        """The item whose address is the longest beginning of this page's path."""
        under = [
            (len(address), key)
            for key, address in self._addresses.items()
            if self.path == address or (address != "/" and self.path.startswith(address))
        ]
        return max(under, default=(0, ""))[1]

    def _address(self, item: Item) -> str:
        if item.permission and not self.user.has_perm(item.permission):
            return ""
        return reverse(item.url_name)

    def _links(self, keys: Iterable[str]) -> list[Link]:
        return [
            Link(item=ITEMS[key], href=self._addresses[key], is_current=key == self._current)
            for key in keys
            if key in self._addresses
        ]


def _unique(layouts: Iterable[Layout]) -> list[Layout]:
    kept: list[Layout] = []
    for layout in layouts:
        if layout not in kept:
            kept.append(layout)
    return kept
