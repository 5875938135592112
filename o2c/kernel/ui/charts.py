"""Small inline charts whose geometry sits in SVG attributes, so that a strict CSP allows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from o2c.kernel.ui.figures import Number, whole

AGE_LABELS = (
    gettext_lazy("not due"),
    gettext_lazy("1–30 days"),
    gettext_lazy("31–60 days"),
    gettext_lazy("61–90 days"),
    gettext_lazy("over 90 days"),
)
STAGES = (
    gettext_lazy("Entered"),
    gettext_lazy("Credit"),
    gettext_lazy("Allocated"),
    gettext_lazy("Picking"),
    gettext_lazy("Packed"),
    gettext_lazy("Shipped"),
    gettext_lazy("Invoiced"),
    gettext_lazy("Paid"),
)

# Shares are written with two decimals: a bar this full needs no empty track behind it.
FULL = 99.99
# A customer sees fewer steps of an order than we do.
CUSTOMER_STEPS = 6


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a stepper. `state` is done, current, block (needs somebody) or empty (ahead)."""

    name: str
    note: str = ""
    state: str = ""


def bar(
    parts: Iterable[tuple[Number, str]],
    *,
    size: str = "",
    label: str = "",
    total: Number = 0,
    marks: Sequence[Number] = (),
) -> SafeString:
    """Draw a stacked bar of (value, class); `total` is the whole track, `marks` are ticks on it.

    Classes: f1 accent, f1s light accent, f2 grey, fok, fw, fb, a0 … a4 ages.
    """
    shown = [(float(value), colour) for value, colour in parts if value > 0]
    whole_width = float(total) or sum(value for value, _colour in shown) or 1.0
    start, drawn = 0.0, []
    for value, colour in shown:
        width = value / whole_width * 100
        drawn.append((colour, _share(start), _share(width)))
        start += width
    return format_html(
        '<svg class="bar{}"{}>{}{}{}</svg>',
        f" {size}" if size else "",
        _description(label),
        SafeString('<rect class="fr" width="100%" height="100%"/>') if start < FULL else "",
        format_html_join("", '<rect class="{}" x="{}%" y="0" width="{}%" height="100%"/>', drawn),
        format_html_join(
            "",
            '<line class="mark" x1="{0}%" x2="{0}%" y1="-3" y2="115%"/>',
            ((_share(float(mark) / whole_width * 100),) for mark in marks),
        ),
    )


def done_of(done: int, total: int) -> SafeString:
    """Draw how much of a known number of things is done: `{% done_of 3 5 %}`."""
    label = _("%(done)s of %(total)s") % {"done": done, "total": total}
    return bar([(done, "f1")], size="sm", label=label, total=total)


def age(buckets: Sequence[Number], *, size: str = "sm", label: str = "") -> SafeString:
    """Draw balances by age: not due, 1–30, 31–60, 61–90 and over 90 days."""
    named = zip(AGE_LABELS, buckets, strict=True)
    words = ", ".join(f"{name} {whole(value)}" for name, value in named if value)
    parts = [(value, f"a{number}") for number, value in enumerate(buckets)]
    return bar(parts, size=size, label=f"{label or _('Balance')}: {words or _('nothing open')}")


def stage(reached: int, flag: str = "") -> SafeString:
    """Draw the micro stepper: `reached` of 8 stages; flag x (blocked) or w (at risk) marks it."""
    label = _("Stage %(number)s of 8: %(name)s") % {
        "number": reached,
        "name": STAGES[reached - 1],
    }
    rows = (
        (_stage_class(number, reached, flag), _share((number - 1) * 12.5))
        for number in range(1, len(STAGES) + 1)
    )
    return format_html(
        '<svg class="stage" role="img" aria-label="{}">{}</svg>',
        label,
        format_html_join("", '<rect class="{}" x="{}%" width="10.5%" height="100%" rx="1"/>', rows),
    )


def spark(values: Sequence[Number], *, line: str = "l1", label: str = "") -> SafeString:
    """Draw a word-sized line. Lines: l1 accent, l3 grey, lw warning."""
    low, high = float(min(values)), float(max(values))
    reach = (high - low) or 1.0
    last = max(len(values) - 1, 1)
    points = " ".join(
        f"{index / last * 100:.1f},{92 - (float(value) - low) / reach * 84:.1f}"
        for index, value in enumerate(values)
    )
    return format_html(
        '<svg class="spark"{}><svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" '
        'height="100%" overflow="visible"><polyline class="{}" points="{}"/></svg></svg>',
        _description(label),
        line,
        points,
    )


def steps(items: Iterable[Step]) -> SafeString:
    """Draw the stepper of a document's way: of eight steps, or a customer's six."""
    drawn = [(_step_state(step), step.name, _step_note(step)) for step in items]
    return format_html(
        '<ol class="steps{}">{}</ol>',
        " six" if len(drawn) == CUSTOMER_STEPS else "",
        format_html_join("", "<li{}><b>{}</b>{}</li>", drawn),
    )


def level(reached: int, highest: int = 3) -> SafeString:
    """Draw a dunning level as filled marks."""
    label = _("Dunning level %(level)s of %(highest)s") % {"level": reached, "highest": highest}
    marks = ((SafeString(' class="on"' if number < reached else ""),) for number in range(highest))
    return format_html(
        '<span class="lvl" role="img" aria-label="{}">{}</span>',
        label,
        format_html_join("", "<i{}></i>", marks),
    )


def _share(value: float) -> str:
    return f"{value:.2f}"


def _description(label: str) -> SafeString:
    if label:
        return format_html(' role="img" aria-label="{}"', label)
    return SafeString(' aria-hidden="true"')


def _stage_class(number: int, reached: int, flag: str) -> str:
    if number > reached:
        return ""
    return flag if flag and number == reached else "d"


def _step_state(step: Step) -> SafeString:
    marks = {
        "done": ' data-s="done"',
        "current": ' aria-current="step"',
        "block": ' data-s="block" aria-current="step"',
        "": "",
    }
    return SafeString(marks[step.state])


def _step_note(step: Step) -> SafeString:
    return format_html("<span>{}</span>", step.note) if step.note else SafeString("")
