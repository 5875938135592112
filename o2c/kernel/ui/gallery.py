"""What the gallery of parts shows (`/components/`, in development only)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from o2c.kernel import clock
from o2c.kernel.ui.charts import Step
from o2c.kernel.ui.plots import Line
from o2c.kernel.ui.words import WORDS

AGES = [Decimal(text) for text in ("1968220.15", "248910.75", "112406.50", "54118.20", "34650.80")]
DSO = [Decimal(n) / 10 for n in (472, 468, 479, 461, 450, 456, 442, 439, 448, 441, 430, 434, 418)]
BEST = [Decimal(n) / 10 for n in (349, 346, 352, 348, 341, 346, 342, 339, 344, 343, 338, 342, 340)]
CASH = [388, 421, 364, 402, 396, 431, 377, 412]


class SampleForm(forms.Form):
    """One field of each kind."""

    purchase_order = forms.CharField(
        label=_("Customer PO"), required=False, help_text=_("Printed on every document")
    )
    deliver_on = forms.DateField(
        label=_("Deliver on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    quantity = forms.IntegerField(
        label=_("Quantity"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": _("Quantity must be a whole number")},
    )
    limit = forms.DecimalField(label=_("Limit"), widget=forms.TextInput)
    owner = forms.ChoiceField(label=_("Owner"), choices=[("1", "Maya Brandt")])
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea)
    is_urgent = forms.BooleanField(label=_("Pick first"), required=False)
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("approve", _("Approve")), ("decline", _("Decline"))],
        widget=forms.RadioSelect,
    )


ENTERED = {
    "deliver_on": "",
    "quantity": "2,5",
    "limit": "120000",
    "owner": "1",
    "decision": "approve",
}


def sample() -> dict[str, Any]:
    """Return the gallery's context."""
    now = clock.now()
    return {
        "form": SampleForm(ENTERED),
        "words": {kind: list(words.values()) for kind, words in WORDS.items()},
        "ages": AGES,
        "amount": Decimal("-12139.80"),
        "today": now.date(),
        "last_year": date(now.year - 1, 11, 20),
        "since": now - timedelta(hours=3, minutes=12),
        "stages": [(1, ""), (2, "x"), (3, "w"), (4, ""), (6, ""), (8, "")],
        "steps": [
            Step(name="Entered", note="42 s", state="done"),
            Step(name="Credit", note="by rule", state="done"),
            Step(name="Allocated", note="3 m", state="done"),
            Step(name="Picking", note="short pick, 41 m", state="block"),
            *(Step(name=name) for name in ("Packed", "Shipped", "Invoiced", "Paid")),
        ],
        "exposure": [(14206, "fb"), (64206, "f2"), (21930, "f1s"), (12139, "f1")],
        "lines": [Line(values=BEST, style="l3"), Line(values=DSO)],
        "months": list("NDJFMAMJJASON"),
        "cash": CASH,
        "weeks": ["27.10.", "3.11.", "10.11.", "17.11.", "24.11.", "1.12.", "8.12.", "15.12."],
        "events": [
            {"icon": "clock", "tone": "warn", "title": "Actuators late", "text": "4 pc", "at": now},
            {
                "icon": "mail",
                "title": "Ellis Grant wrote",
                "at": now,
                "quote": "Send what you have.",
            },
        ],
    }
