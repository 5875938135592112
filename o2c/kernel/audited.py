"""Base classes of documents: what changes is written to the audit trail with the change."""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Self

from django.db import models
from django_fsm import FSMModelMixin


class Audited(models.Model):
    """A row whose changes are recorded: make it by `audit.create`, change it by `audit.save`."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs know an argument of a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        row = super().from_db(db, field_names, values)
        row.remember()
        return row

    def remember(self) -> None:
        """Take the present values as those that the database holds."""
        attributes = self.__dict__
        names = _names(type(self))
        attributes["_stored"] = {name: attributes[name] for name in names if name in attributes}

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return (before, after) of every field that differs from what the database holds."""
        stored: dict[str, Any] = self.__dict__.get("_stored", {})
        attributes = self.__dict__
        return {
            name: (before, attributes[name])
            for name, before in stored.items()
            if attributes[name] != before
        }

    @property
    def label(self) -> str:
        """Name the row across the house: `order:17`."""
        return label_of(self)


@cache
def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def label_of(row: Audited) -> str:
    """Return a row's name across the house, whatever fields it has: `order:17`."""
    return f"{row._meta.model_name}:{row.pk}"


class StateDocument(FSMModelMixin, Audited):
    """A document with a state machine.

    `state` is a `StateField`; transitions only set fields.
    """

    class Meta:
        abstract = True

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: Any = None,
    ) -> None:
        """Read the row again.

        The library lifts the field's protection while it refreshes, on the field that all
        threads share; taking the old value out first needs no such moment.
        """
        names = [field.attname for field in self._meta.concrete_fields if field.attname == "state"]
        for name in names:
            if fields is None or name in fields:
                self.__dict__.pop(name, None)
        models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        self.remember()
