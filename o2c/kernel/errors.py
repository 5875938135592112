"""Refusals: the exceptions that interfaces show to people instead of crashing."""

from collections.abc import Callable, Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed
from psycopg2.errorcodes import UNTRANSLATABLE_CHARACTER


class DomainError(Exception):
    """A business rule refused the request; `str(error)` is fit for the user's eyes.

    Subclass it in the module that raises it, and give the subclass the `code` that API
    clients may rely on. The message says what is wrong and what to do. `field` names the
    input to which the message belongs, such as `lines.2.quantity`; empty: the whole request.
    """

    code = "refused"

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class InvalidInput(DomainError):
    """What was entered cannot be right, whatever the state of the books."""

    code = "invalid"
    # Each (code, field, message) when several things are wrong; the message then says all.
    findings: Sequence[tuple[str, str, str]] = ()

    def rename(self, place: Callable[[str], str]) -> None:
        """Name every field that it is about as whoever asked knows it."""
        self.field = place(self.field)
        self.findings = [(code, place(field), text) for code, field, text in self.findings]


REFUSALS = (DomainError, TransitionNotAllowed)
# What an interface catches: refusals, and documents that do not exist (for this person).
EXPECTED = (*REFUSALS, ObjectDoesNotExist)


def is_unwritable(error: Exception) -> bool:
    """Say whether the database was asked about text with a NUL character, which it never holds."""
    is_in_json = getattr(error.__cause__, "pgcode", None) == UNTRANSLATABLE_CHARACTER
    return isinstance(error, ValueError | DataError) and (is_in_json or "NUL (0x00)" in str(error))


def explain(refusal: Exception) -> tuple[str, str]:
    """Return a refusal's machine-readable code and its message for the user."""
    if isinstance(refusal, DomainError):
        return refusal.code, str(refusal)
    if isinstance(refusal, TransitionNotAllowed):
        return "wrong_state", _(
            "%(document)s is %(state)s: this cannot be done with it now. Look at it again."
        ) % {
            "document": refusal.object,
            "state": str(refusal.object.get_state_display()).lower(),
        }
    return "not_found", _("There is no such document. It may have been removed; go back and look.")
