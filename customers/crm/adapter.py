"""What a system for customer relationships must do to work with us (docs/crm.md)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """A file of contacts that the other system has for us. `key` names it to `settled`."""

    key: str
    name: str
    content: bytes


class CrmAdapter(Protocol):
    """One system. Every call may come twice: it must do the same then."""

    def push_customer(self, number: str, content: dict[str, Any]) -> None:
        """Tell it what a customer is now.

        Raises:
            OSError: it is away; the outbox tries again later.
        """

    def push_contact(self, uid: str, card: str) -> None:
        """Tell it what a contact is now, as a vCard 4.0; the contact's uid is its key there.

        Raises:
            OSError: it is away; the outbox tries again later.
        """

    def pull(self) -> Iterator[Pulled]:
        """Yield what it has for us and we have not settled, oldest first."""

    def settled(self, key: str, outcome: list[dict[str, Any]]) -> None:
        """Note what became of each contact of a file that was pulled."""


def the_adapter() -> CrmAdapter | None:
    """Return the adapter that `CRM_ADAPTER` names; none where there is no other system.

    Raises:
        ImportError: the setting names nothing.
    """
    path: str = settings.CRM_ADAPTER
    adapter: CrmAdapter | None = import_string(path)() if path else None
    return adapter
