"""A carrier that a person books: by telephone, or on its own pages."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from shipping.carriers.adapter import Asked, Booked, CarrierRefused, Connection, Tracked


class ManualAdapter:
    """Nothing leaves the house: the label is ours."""

    def __init__(self, connection: Connection) -> None:
        self.name = connection.name

    def book(self, asked: Asked) -> Booked:
        return Booked()

    def label(self, key: str) -> bytes | None:
        return None

    def cancel(self, key: str, reference: str) -> None:
        raise CarrierRefused(_("Cancel it with %(carrier)s yourself.") % {"carrier": self.name})

    def track(self, numbers: Sequence[str]) -> Tracked:
        return Tracked(asked=numbers)

    def settle(self) -> None:
        pass

    def greet(self) -> str:
        return _("A person books this carrier: there is nothing to connect.")
