"""Fields of our own."""

from typing import Any

from django_fsm import FSMField


class StateField(FSMField):
    """The state of a document: only a transition sets it.

    In migrations it is the column that it is, a CharField. Their models move nothing; as state
    machines they would listen for each other, and every migration would be slower than the last.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"protected": True, **kwargs})

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, "django.db.models.CharField", args, kwargs
