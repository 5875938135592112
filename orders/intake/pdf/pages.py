"""The words of a page in rows, and what stands close together in a row as one segment."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

# Words further apart than this share of their height belong to two columns.
COLUMN_GAP = 0.65
# Words whose middles differ by less than this share of their height stand in one row.
SAME_ROW = 0.5

Box = tuple[int, float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A piece of text with its place: points from the page's upper left corner."""

    text: str
    page: int
    left: float
    top: float
    right: float
    bottom: float
    # The words that it was joined of.
    parts: "tuple[Segment, ...]" = ()

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        return max(self.bottom - self.top, 1.0)


Row = list[Segment]


@dataclass(kw_only=True)
class Page:
    """`tables` are ruled ones: rows of cells; a cell that is part of another is None."""

    number: int
    width: float
    height: float
    words: list[Segment]
    tables: list[list[list[Segment | None]]]

    def rows(self) -> list[Row]:
        """Return the words' rows from the top down, each as segments from left to right."""
        return [segments_of(row) for row in rows_of(self.words)]

    def box(self, segment: Segment) -> Box:
        """Return where to mark the segment, as shares of the page."""
        width, height = max(self.width, 1.0), max(self.height, 1.0)
        return (
            self.number,
            _share(segment.left / width),
            _share(segment.top / height),
            _share(segment.right / width),
            _share(segment.bottom / height),
        )


def pages_of(raw: Sequence[dict[str, Any]]) -> list[Page]:
    """Return the pages as `extract` wrote them."""
    return [_page(number, page) for number, page in enumerate(raw)]


def rows_of(words: Sequence[Segment]) -> list[Row]:
    """Put words into rows by their vertical middles."""
    rows: list[Row] = []
    ordered = sorted(words, key=lambda word: (word.top + word.bottom, word.left))
    for word in ordered:
        last = rows[-1][-1] if rows else None
        apart = abs((word.top + word.bottom) - (last.top + last.bottom)) / 2 if last else 0.0
        if last is None or apart > SAME_ROW * min(word.height, last.height):
            rows.append([])
        rows[-1].append(word)
    return [sorted(row, key=lambda word: word.left) for row in rows]


def segments_of(words: Sequence[Segment]) -> Row:
    """Join the words of one row that stand close together."""
    groups: list[Row] = [[word] for word in words[:1]]
    for before, word in pairwise(words):
        gap = word.left - before.right
        if gap > COLUMN_GAP * min(before.height, word.height):
            groups.append([])
        groups[-1].append(word)
    return [joined(group) for group in groups]


def joined(parts: Sequence[Segment]) -> Segment:
    """Return one segment over all parts."""
    return Segment(
        text=" ".join(part.text for part in parts),
        page=parts[0].page,
        left=min(part.left for part in parts),
        top=min(part.top for part in parts),
        right=max(part.right for part in parts),
        bottom=max(part.bottom for part in parts),
        parts=tuple(word for part in parts for word in (part.parts or (part,))),
    )


def unbroken(cell: Segment) -> str:
    """Return a code as it is: where a narrow column broke it, its pieces belong together."""
    rows = rows_of(cell.parts or (cell,))
    return "".join(" ".join(word.text for word in row) for row in rows)


def overlap(one: Segment, other: Segment) -> float:
    """Return how much of their widths two segments share; negative: how far they are apart."""
    return min(one.right, other.right) - max(one.left, other.left)


def _page(number: int, raw: dict[str, Any]) -> Page:
    words = [
        Segment(text=text, page=number, left=left, top=top, right=right, bottom=bottom)
        for text, left, top, right, bottom in raw["words"]
    ]
    tables = [
        [[_cell(cell, words, number) for cell in row] for row in table] for table in raw["tables"]
    ]
    return Page(number=number, width=raw["width"], height=raw["height"], words=words, tables=tables)


def _cell(bounds: Sequence[float] | None, words: Sequence[Segment], page: int) -> Segment | None:
    if bounds is None:
        return None
    left, top, right, bottom = bounds
    inside = [
        word
        for word in words
        if left <= word.middle <= right and top <= (word.top + word.bottom) / 2 <= bottom
    ]
    if not inside:
        return Segment(text="", page=page, left=left, top=top, right=right, bottom=bottom)
    return joined([word for row in rows_of(inside) for word in row])


def _share(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), 4)
