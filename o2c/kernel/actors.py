"""Who does something: every service is told, and the audit trail keeps it."""

from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from o2c.kernel.models import User

request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something that acts.

    `kind` is one of user, api_key, job, carrier, import; `id` is unique within the kind;
    `on_behalf_of` names the person for whom a job or an assistant acts.
    """

    kind: str
    id: str
    name: str
    on_behalf_of: str = ""

    @classmethod
    def user(cls, user: "User") -> "Actor":
        return cls(kind="user", id=str(user.pk), name=user.get_full_name() or user.email)

    @classmethod
    def job(cls, name: str, *, on_behalf_of: str = "") -> "Actor":
        """What the portal does by itself; `name` says where, people read that it was automatic."""
        return cls(kind="job", id=name, name=_("automatic"), on_behalf_of=on_behalf_of)

    @classmethod
    def importer(cls, name: str) -> "Actor":
        return cls(kind="import", id=name, name=name)

    def as_dict(self) -> dict[str, str]:
        return asdict(self)
