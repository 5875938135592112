"""A carrier's system by JSON over HTTPS: see docs/carriers.md for what it has to answer."""

import json
import re
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from o2c.kernel import calling
from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import check_currency
from shipping.amounts import Price, check_amount
from shipping.carriers.adapter import (
    LABEL_BYTES,
    NUMBER_LENGTH,
    REFERENCE_LENGTH,
    TROUBLE,
    Asked,
    Booked,
    CarrierAway,
    CarrierRefused,
    CarrierUnclear,
    Connection,
    Tracked,
)
from shipping.labels import is_scannable
from shipping.reports.reading import MOST_EVENTS, read_message
from shipping.reports.shapes import Report

MOST_BYTES = 512 * 1024
OK = range(200, 300)
# Too early, too slow, too often; and what is broken on their side is told by 500 and above.
BUSY = {408, 425, 429}
BROKEN = 500
GONE = {404, 410}
# So many numbers are asked for at once, and so many pages of answers are read.
BATCH, MOST_PAGES = 50, 10
# Seconds, after which a slow carrier is asked for no more of them in this turn.
BUDGET = 60
SAID_LENGTH = 200
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")


class HttpAdapter:
    """`settings["base_url"]` and the carrier's token."""

    def __init__(self, connection: Connection) -> None:
        self.name, self.token = connection.name, connection.token
        # What is wrong with events that were skipped.
        self.unread: list[str] = []
        self.base_url = str(connection.settings.get("base_url", "")).rstrip("/")

    def book(self, asked: Asked) -> Booked:
        answer = self._json("POST", "/bookings", asked.content, key=asked.key)
        reference = self._text(answer, "reference", REFERENCE_LENGTH)
        number = self._text(answer, "tracking_number", NUMBER_LENGTH)
        if not is_scannable(number):
            raise self._wrong("tracking_number")
        if not reference:
            raise CarrierUnclear(_("%(carrier)s gives no reference.") % {"carrier": self.name})
        price, problem = None, ""
        try:
            price = _price_of(answer)
        except InvalidInput:
            text = _("%(carrier)s gives a price that we cannot read: ask what it costs.")
            problem = text % {"carrier": self.name}
        return Booked(reference=reference, tracking_number=number, price=price, problem=problem)

    def label(self, key: str) -> bytes | None:
        answer = self._send("GET", f"/bookings/{quote(key)}/label", accept="application/pdf")
        if answer.status in GONE:
            return None
        self._check(answer)
        if not answer.body.startswith(b"%PDF-"):
            raise CarrierUnclear(_("%(carrier)s gives no PDF.") % {"carrier": self.name})
        return answer.body

    def cancel(self, key: str, reference: str) -> None:
        path, body = f"/bookings/{quote(key)}/cancel", {"reference": reference}
        answer = self._send("POST", path, json.dumps(body).encode(), key=f"{key}-cancel")
        if answer.status not in GONE:
            self._check(answer)

    def track(self, numbers: Sequence[str]) -> Tracked:
        """Ask until one question fails: what was told before counts, and who is asked next time
        are the others.
        """
        found: list[Report] = []
        asked: list[str] = []
        until = time.monotonic() + BUDGET
        self.unread = []
        trouble = ""
        for start in range(0, len(numbers), BATCH):
            batch = numbers[start : start + BATCH]
            asked += batch
            try:
                for reports in self._tracked(batch, until):
                    found += reports
            except TROUBLE as stop:
                trouble = str(stop)
                break
            if time.monotonic() > until:
                break
        return Tracked(
            reports=found,
            asked=asked,
            problem=trouble or self._problem(),
            is_answered=not trouble or bool(found) or len(asked) > BATCH,
        )

    def settle(self) -> None:
        pass

    def greet(self) -> str:
        answer = self._json("GET", "/status")
        return self._text(answer, "name", SAID_LENGTH) or self.name

    def _tracked(self, numbers: Sequence[str], until: float) -> Iterator[list[Report]]:
        """Read the pages of one question; of numbers that we did not ask for, nothing is taken."""
        asked, after = set(numbers), ""
        for _page in range(MOST_PAGES):
            question = {"tracking_numbers": list(numbers), "after": after}
            answer = self._json("POST", "/tracking", question)
            found = self._reports(answer["events"]) if answer.get("events") else []
            yield [report for report in found if report.tracking_number in asked]
            after = self._text(answer, "next", SAID_LENGTH)
            if not after or time.monotonic() > until:
                break

    def _reports(self, events: Any) -> list[Report]:
        """Read a page; with an event in it that is wrong, each alone, so that the others count."""
        try:
            return _read(events)
        except InvalidInput as refusal:
            if not isinstance(events, list) or len(events) > MOST_EVENTS:
                raise CarrierUnclear(self._unreadable(str(refusal))) from None
        return [report for event in events for report in self._alone(event)]

    def _alone(self, event: Any) -> list[Report]:
        try:
            return _read([event])
        except InvalidInput as refusal:
            name = event.get("tracking_number", "") if isinstance(event, dict) else ""
            place = f"{name}: " if isinstance(name, str) and name else ""
            self.unread.append(_printable(f"{place}{refusal}"))
            return []

    def _problem(self) -> str:
        """Say what was skipped: the first of it, and how many."""
        if not self.unread:
            return ""
        what = {"first": self.unread[0], "count": len(self.unread)}
        return self._unreadable(_("%(first)s (%(count)s skipped)") % what)

    def _unreadable(self, what: str) -> str:
        text = _("%(carrier)s reports what we cannot read: %(what)s")
        return text % {"carrier": self.name, "what": what}

    def _json(self, method: str, path: str, body: Any = None, *, key: str = "") -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        answer = self._send(method, path, content, key=key)
        self._check(answer)
        try:
            read = json.loads(answer.body)
        except (ValueError, RecursionError):
            read = None
        if not isinstance(read, dict):
            text = _("%(carrier)s does not answer with a JSON object. Check its address.")
            raise CarrierUnclear(text % {"carrier": self.name})
        return read

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        key: str = "",
        accept: str = "application/json",
    ) -> calling.Answer:
        headers = {"Accept": accept, "User-Agent": "o2c", "Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        most = MOST_BYTES if accept == "application/json" else LABEL_BYTES
        try:
            return calling.send(
                method,
                self.base_url + path,
                body=body,
                headers=headers,
                private_hosts=settings.CARRIER_PRIVATE_HOSTS,
                most_bytes=most,
            )
        except calling.Unreachable as error:
            text = _("%(carrier)s does not answer (%(error)s).")
            raise CarrierAway(text % {"carrier": self.name, "error": error}) from error
        except calling.TooLong as error:
            text = _("%(carrier)s answers with more than we read.")
            raise CarrierUnclear(text % {"carrier": self.name}) from error
        except calling.NotPublic as error:
            text = _("%(host)s is not on the public Internet. Name it in CARRIER_PRIVATE_HOSTS.")
            raise CarrierRefused(text % {"host": error}) from error
        except (calling.NotSecure, ValueError) as error:
            text = _("The address of %(carrier)s does not begin with https://.")
            raise CarrierRefused(text % {"carrier": self.name}) from error

    def _check(self, answer: calling.Answer) -> None:
        names = {"carrier": self.name, "status": answer.status}
        if answer.status in BUSY or answer.status >= BROKEN:
            raise CarrierAway(_("%(carrier)s is busy (%(status)s).") % names)
        if answer.status not in OK:
            names["said"] = _said(answer.body)
            raise CarrierRefused(_("%(carrier)s refuses (%(status)s): %(said)s") % names)

    def _text(self, answer: dict[str, Any], name: str, longest: int) -> str:
        """Return a short text of an answer; empty: it is not there."""
        value = answer.get(name, "")
        value = "" if value is None else value
        if not isinstance(value, str) or len(value) > longest or not _is_plain(value):
            raise self._wrong(name)
        return value.strip()

    def _wrong(self, name: str) -> CarrierUnclear:
        text = _("%(carrier)s answers with a wrong “%(name)s”.")
        return CarrierUnclear(text % {"carrier": self.name, "name": name})


def _price_of(answer: dict[str, Any]) -> Price | None:
    """Return the price of an answer; None: it gives none.

    Raises:
        InvalidInput: it is no price.
    """
    told = answer.get("price")
    if told is None:
        return None
    match told:
        case {"amount": amount, "currency": str(currency)} if AMOUNT.fullmatch(str(amount)):
            price = Price(amount=Decimal(str(amount)), currency=currency)
        case _:
            raise InvalidInput("no amount in a currency", field="price")
    check_currency(price.currency)
    check_amount(price.amount, price.currency)
    return price


def _said(body: bytes) -> str:
    """Return what a refusal says, in one short line."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        read = None
    said = read.get("error") if isinstance(read, dict) else None
    text = said if isinstance(said, str) else _("it does not say why")
    return _printable(text)


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:SAID_LENGTH]


def _read(events: Any) -> list[Report]:
    return read_message(json.dumps({"events": events}).encode())


def _is_plain(text: str) -> bool:
    return all(char.isprintable() for char in text)
