"""A carrier that does not exist, for tests and for the demo: it misbehaves when it is told to.

What it knows of a booking it writes into the tracking number, so that it needs no memory: the
pickup, the days on the road, and how it will behave. `settings["fake"]` says what goes wrong:

    shipments   {our shipment's number: behaviour}
    usual       the behaviour of all others
    label       whether it gives a label of its own
    price       what it asks for: {"amount": "4.10", "per_kg": "0.20", "currency": "EUR"}

Behaviours of a booking: refuse, away (never answers), slow (takes it, and answers the second
time only), unclear. On the road: late, lost, damaged, refused, twice (each event again, under the
same id), disorder (the latest first). Anything else: as it should be.
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from django.utils.html import format_html
from django.utils.translation import gettext as _

from o2c.kernel import pdf
from o2c.kernel.money import round_money
from shipping.amounts import Price
from shipping.carriers.adapter import (
    Asked,
    Booked,
    CarrierAway,
    CarrierRefused,
    CarrierUnclear,
    Connection,
    Tracked,
)
from shipping.reports.shapes import Report

BEHAVIOURS = ("", "late", "lost", "damaged", "refused", "twice", "disorder")
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# Minutes since EPOCH, days on the road, behaviour, and what tells bookings apart.
MINUTES, DAYS, BEHAVIOUR, HASH = 8, 2, 1, 9
DIGITS = MINUTES + DAYS + BEHAVIOUR + HASH
MOST_DAYS = 99
# What happens on the road: code, words, hours after the pickup.
ON_THE_WAY = [("picked_up", "", 0.5), ("in_transit", "Depot scan", 5.0)]
# Code, words, days after the expected one, hour of the day.
ARRIVAL: dict[str, list[tuple[str, str, int, int]]] = {
    "": [("out_for_delivery", "", 0, 7), ("delivered", "Front desk", 0, 10)],
    "late": [("late", "Truck broke down, second try tomorrow", 0, 11), ("delivered", "Dock", 1, 9)],
    "lost": [("lost", "Not found at the depot", 1, 8)],
    "damaged": [("damaged", "One box is wet", 0, 6), ("delivered", "Front desk", 0, 10)],
    "refused": [("out_for_delivery", "", 0, 7), ("refused", "Receiver did not order it", 0, 10)],
}


class FakeAdapter:
    """Answers at once, and always the same to the same question."""

    def __init__(self, connection: Connection) -> None:
        self.code, self.name, self.at = connection.code, connection.name, connection.at
        self.told = connection.settings.get("fake", {})

    def book(self, asked: Asked) -> Booked:
        shipment = asked.content["shipment"]
        behaviour = self.told.get("shipments", {}).get(shipment, self.told.get("usual", ""))
        if behaviour == "refuse":
            text = _("%(carrier)s refuses: the service does not go to this postal code.")
            raise CarrierRefused(text % {"carrier": self.name})
        if behaviour == "unclear":
            raise CarrierUnclear(_("%(carrier)s answers “<html>”.") % {"carrier": self.name})
        if behaviour == "away" or (behaviour == "slow" and asked.attempt == 1):
            raise CarrierAway(_("%(carrier)s does not answer.") % {"carrier": self.name})
        return Booked(
            reference=f"F-{asked.key[-8:].upper()}",
            tracking_number=self._number(asked, behaviour),
            price=self._price(asked),
        )

    def label(self, key: str) -> bytes | None:
        if not self.told.get("label"):
            return None
        return pdf.render(format_html("<p>{} {}</p>", self.name, key), style="o2c/label.css")

    def cancel(self, key: str, reference: str) -> None:
        if self.told.get("usual") == "away":
            raise CarrierAway(_("%(carrier)s does not answer.") % {"carrier": self.name})

    def track(self, numbers: Sequence[str]) -> Tracked:
        if self.told.get("usual") == "away":
            raise CarrierAway(_("%(carrier)s does not answer.") % {"carrier": self.name})
        reports = [report for number in numbers for report in self._events(number)]
        return Tracked(reports=reports, asked=numbers)

    def settle(self) -> None:
        pass

    def greet(self) -> str:
        return _("%(carrier)s is a fake: it carries nothing.") % {"carrier": self.name}

    def _price(self, asked: Asked) -> Price | None:
        told = self.told.get("price")
        if not told:
            return None
        by_weight = Decimal(told.get("per_kg", 0)) * Decimal(asked.content["weight_kg"])
        amount = round_money(Decimal(told["amount"]) + by_weight, told["currency"])
        return Price(amount=amount, currency=told["currency"])

    def _number(self, asked: Asked, behaviour: str) -> str:
        leaves_by = datetime.fromisoformat(asked.content["ready_by"] or asked.content["asked_at"])
        expected = asked.content["expected_on"]
        days = (datetime.fromisoformat(expected).date() - leaves_by.date()).days if expected else 1
        place = BEHAVIOURS.index(behaviour) if behaviour in BEHAVIOURS else 0
        digest = int(hashlib.sha256(asked.key.encode()).hexdigest(), 16) % 10**HASH
        minutes = (leaves_by - EPOCH) // MINUTE
        known = f"{minutes:0{MINUTES}}{min(max(days, 0), MOST_DAYS):0{DAYS}}{place}"
        return f"{self.code}{known}{digest:0{HASH}}"

    def _events(self, number: str) -> list[Report]:
        digits = number.removeprefix(self.code)
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
            return []
        leaves_by = EPOCH + int(digits[:MINUTES]) * MINUTE
        expected = leaves_by.date() + int(digits[MINUTES : MINUTES + DAYS]) * DAY
        place = int(digits[MINUTES + DAYS])
        behaviour = BEHAVIOURS[place] if place < len(BEHAVIOURS) else ""
        events = [(code, note, leaves_by + timedelta(hours=h)) for code, note, h in ON_THE_WAY]
        for code, note, days, hour in ARRIVAL.get(behaviour, ARRIVAL[""]):
            moment = datetime.combine(expected + days * DAY, time(hour), tzinfo=UTC)
            events.append((code, note, moment))
        reports = [
            Report(
                tracking_number=number,
                event_id=f"{place}-{code}",
                code=code,
                note=note,
                happened_at=moment,
            )
            for code, note, moment in events
            if moment <= self.at
        ]
        return _misbehaved(reports, behaviour)


def _misbehaved(reports: list[Report], behaviour: str) -> list[Report]:
    if behaviour == "twice":
        return [*reports, *reports]
    return reports[::-1] if behaviour == "disorder" else reports
