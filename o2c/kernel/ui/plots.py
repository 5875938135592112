"""Line and column charts: shapes stretch in an inner SVG, text keeps its size at % positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from o2c.kernel.ui.figures import Number, figure, whole

GRID_LINES = 4


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a chart. `style`: l1 the subject, l3 grey context, l2 dashed."""

    values: Sequence[Number]
    style: str = "l1"


def plot(shapes: SafeString, texts: str = "", *, label: str, height: str = "") -> SafeString:
    """Frame shapes drawn in a 100 × 100 box, and texts at % positions; `label` says it in words."""
    return format_html(
        '<svg class="plot{}" role="img" aria-label="{}"><svg viewBox="0 0 100 100" '
        'preserveAspectRatio="none" width="100%" height="100%" overflow="visible">{}</svg>{}</svg>',
        f" {height}" if height else "",
        label,
        shapes,
        texts,
    )


def column_chart(
    values: Sequence[Number],
    labels: Sequence[str],
    *,
    label: str,
    muted: int = 0,
    tones: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> SafeString:
    """Draw one column per value from zero; the first `muted` ones are grey context.

    `tones` gives each its own class instead (f2 grey, fw amber, fb red), `texts` stand above them.
    """
    top = _ceiling(max(map(float, values), default=0.0))
    slot = 100 / max(len(values), 1)
    heights = [max(float(value), 0) / top * 100 for value in values]
    columns = (
        (
            tones[index] if tones else "f2" if index < muted else "f1",
            f"{(index + 0.2) * slot:.2f}",
            f"{slot * 0.6:.2f}",
            f"{100 - height:.2f}",
            f"{height:.2f}",
        )
        for index, height in enumerate(heights)
    )
    drawn = format_html_join("", '<rect class="{}" x="{}" width="{}" y="{}" height="{}"/>', columns)
    shapes = format_html("{}{}", _grid(), drawn)
    above = format_html_join(
        "",
        '<text x="{}%" y="{}%" dy="-5" text-anchor="middle">{}</text>',
        (
            (f"{(index + 0.5) * slot:.2f}", f"{100 - heights[index]:.2f}", text)
            for index, text in enumerate(texts)
            if text
        ),
    )
    return _chart(plot(shapes, above, label=label), 0.0, top, labels, "x band")


def line_chart(
    lines: Sequence[Line], labels: Sequence[str], *, label: str, target: Number | None = None
) -> SafeString:
    """Draw lines over one scale, the last point of each `l1` line marked with its value."""
    numbers = [float(value) for line in lines for value in line.values]
    if target is not None:
        numbers.append(float(target))
    low, high = _scale(numbers)
    shapes = [_grid()]
    if target is not None:
        height = _height(float(target), low, high)
        shapes.append(format_html('<line class="l2" x1="0" x2="100" y1="{0}" y2="{0}"/>', height))
    shapes += [_polyline(line, low, high) for line in lines if line.values]
    subjects = [line for line in lines if line.style == "l1" and line.values]
    texts = format_html_join(
        "",
        '<text class="t-acc" x="100%" y="{}%" dy="-10" text-anchor="end">{}</text>',
        (
            (_height(float(s.values[-1]), low, high), figure(s.values[-1], places=1))
            for s in subjects
        ),
    )
    drawing = plot(format_html_join("", "{}", ((shape,) for shape in shapes)), texts, label=label)
    return _chart(drawing, low, high, labels, "x")


def _polyline(line: Line, low: float, high: float) -> SafeString:
    last = max(len(line.values) - 1, 1)
    places = [
        (f"{index / last * 100:.2f}", _height(float(value), low, high))
        for index, value in enumerate(line.values)
    ]
    drawn = format_html(
        '<polyline class="{}" points="{}"/>', line.style, " ".join(f"{x},{y}" for x, y in places)
    )
    if line.style != "l1":
        return drawn
    x, y = places[-1]
    dots = ((name, x, y) for name in ("halo", "dot"))
    return format_html(
        "{}{}", drawn, format_html_join("", '<path class="{}" d="M{} {}h.01"/>', dots)
    )


def _chart(
    drawing: SafeString, low: float, high: float, labels: Sequence[str], axis: str
) -> SafeString:
    step = (high - low) / GRID_LINES
    scale = (
        (whole(high - step * row) if step >= 1 else figure(high - step * row, places=2),)
        for row in range(GRID_LINES + 1)
    )
    every = max(1, ceil(len(labels) / 7))
    names = (
        (SafeString("" if index % every == 0 else ' class="opt"'), name)
        for index, name in enumerate(labels)
    )
    return format_html(
        '<div class="chart"><div class="y" aria-hidden="true">{}</div>{}'
        '<div class="{}" aria-hidden="true">{}</div></div>',
        format_html_join("", "<span>{}</span>", scale),
        drawing,
        axis,
        format_html_join("", "<span{}>{}</span>", names),
    )


def _grid() -> SafeString:
    rows = ((f"{row / GRID_LINES * 100:.2f}",) for row in range(GRID_LINES))
    return format_html(
        '{}<line class="axis" x1="0" x2="100" y1="100" y2="100"/>',
        format_html_join("", '<line class="grid" x1="0" x2="100" y1="{0}" y2="{0}"/>', rows),
    )


def _height(value: float, low: float, high: float) -> str:
    return f"{(high - value) / (high - low) * 100:.2f}"


def _ceiling(value: float) -> float:
    """Return the next round number above, four steps of which are round as well."""
    if value <= 0:
        return 1.0
    unit = 10 ** floor(log10(value))
    return float(next(n * unit for n in (1, 2, 4, 6, 8, 10) if n * unit >= value))


def _scale(numbers: Sequence[float]) -> tuple[float, float]:
    """Return round ends that hold every number; zero-based unless the spread is small."""
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if low >= 0 and (high - low) > high / 2:
        return 0.0, _ceiling(high)
    step = _ceiling((high - low) / GRID_LINES or abs(high) / GRID_LINES or 1.0)
    bottom = floor(low / step) * step
    return bottom, bottom + step * max(GRID_LINES, ceil((high - bottom) / step))
