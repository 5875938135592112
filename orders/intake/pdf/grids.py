"""Where the order lines stand: under ruled lines, or under the words of a header."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from orders.intake.columns import fold, meaning_of, rank_of
from orders.intake.layouts import Sender
from orders.intake.pdf.figures import counted
from orders.intake.pdf.pages import Page, Row, Segment, joined, overlap
from orders.intake.pdf.totals import is_total
from orders.intake.pdf.words import LABEL_MEANING, bare_header

# A header may be written in so many rows, one close under the other.
HEADER_DEPTH = 3
HEADER_GAP = 1.2
FEWEST_COLUMNS = 3
# Text so many lines under a row still belongs to it.
NEXT_LINE = 1.6
NUMBER_SIGNS = ("#", "№")
NAMING = ("sku", "customer_part", "description")


@dataclass(kw_only=True)
class Column:
    """What a header means; nothing when its words are not known, or another says it better."""

    field: str
    head: Segment
    is_known: bool = True

    @property
    def key(self) -> str:
        return self.field or f"? {self.head.text}"


@dataclass(kw_only=True)
class GridRow:
    """The cells of one order line, by field."""

    cells: dict[str, Segment]

    def text(self, name: str) -> str:
        cell = self.cells.get(name)
        return cell.text.strip() if cell else ""


@dataclass(kw_only=True)
class Grid:
    """The rows under one header, over all pages."""

    columns: list[Column]
    rows: list[GridRow] = field(default_factory=list)


def grids_of(pages: Sequence[Page], sender: Sender) -> list[Grid]:
    """Return each way to see the order lines; which one is right, arithmetic tells."""
    found = [_ruled(pages, sender), _anchored(pages, sender)]
    return [grid for grid in found if grid is not None and grid.rows]


def columns_in(segments: Sequence[Segment], sender: Sender) -> list[Column]:
    """Return what each segment of a header means."""
    columns = []
    for segment in segments:
        parts = _split(segment, sender)
        columns += [_column(part, sender) for part in parts]
    return _told_apart(columns, sender)


def _column(head: Segment, sender: Sender) -> Column:
    meaning = _meaning(head, sender)
    return Column(field=meaning, head=head, is_known=bool(meaning))


def _told_apart(columns: list[Column], sender: Sender) -> list[Column]:
    """Let each field have one column: the one with the more specific word."""
    best: dict[str, Column] = {}
    for column in columns:
        rival = best.get(column.field)
        if rival is None or _rank(column, sender) < _rank(rival, sender):
            best[column.field] = column
    if "sku" not in best and "po_number" in best:  # `Référence`: of the goods, not of the order
        best["sku"] = best.pop("po_number")
        best["sku"].field = "sku"
    has_description = "description" in best
    for column in columns:
        if column.field and best.get(column.field) is not column:
            is_second_name = column.field == "sku" and not has_description
            column.field = "description" if is_second_name else ""
            has_description = has_description or is_second_name
    return columns


def _rank(column: Column, sender: Sender) -> int:
    text = column.head.text
    if fold(text) in sender.words:
        return -1
    words = [word for word in (text, bare_header(text)) if meaning_of(word)]
    return min((rank_of(word) for word in words), default=0)


def is_header(columns: Sequence[Column]) -> bool:
    fields = {column.field for column in columns} - {""}
    names = any(name in fields for name in NAMING)
    return "quantity" in fields and names and len(fields) >= FEWEST_COLUMNS


def _meaning(head: Segment, sender: Sender) -> str:
    if head.text.strip() in NUMBER_SIGNS:
        return "number"
    bare = bare_header(head.text)
    known = sender.meaning_of(head.text) or sender.meaning_of(bare)
    # A day of delivery is called the same over a column as in the head.
    return known or ("requested_on" if LABEL_MEANING.get(fold(bare)) == "requested_on" else "")


def _split(head: Segment, sender: Sender) -> list[Segment]:
    """Split `Qty Unit`, where two known words stand closer than columns do."""
    if len(head.parts) < 2 or _meaning(head, sender):  # noqa: PLR2004
        return [head]
    for cut in range(1, len(head.parts)):
        left, right = joined(head.parts[:cut]), joined(head.parts[cut:])
        if _meaning(left, sender) and _meaning(right, sender):
            return [left, right]
    return [head]


# --- under the words of a header ---------------------------------------------------------


def _anchored(pages: Sequence[Page], sender: Sender) -> Grid | None:
    grid: Grid | None = None
    for page in pages:
        rows = page.rows()
        start = 0
        header = _find_header(rows, sender)
        if header is not None:
            start, columns = header
            grid = grid or Grid(columns=columns)
            grid.columns = columns
        elif grid is None:
            continue
        _read_under(grid, rows[start:], sender)
    return grid


def _find_header(rows: Sequence[Row], sender: Sender) -> tuple[int, list[Column]] | None:
    """Return the index of the first row under the header, and its columns."""
    for index in range(len(rows)):
        found = _deepest(rows, index, sender)
        if found is not None:
            depth, columns = found
            return index + depth, columns
    return None


def _deepest(rows: Sequence[Row], index: int, sender: Sender) -> tuple[int, list[Column]] | None:
    best: tuple[int, int, list[Column]] | None = None
    for depth in range(1, HEADER_DEPTH + 1):
        block = rows[index : index + depth]
        if len(block) < depth or not _stands_close(block):
            break
        columns = columns_in(_stacked(block), sender)
        known = len({column.field for column in columns} - {""})
        if is_header(columns) and (best is None or known > best[0]):
            best = (known, depth, columns)
    return best and (best[1], best[2])


def _stands_close(block: Sequence[Row]) -> bool:
    for above, below in pairwise(block):
        gap = below[0].top - max(segment.bottom for segment in above)
        if gap > HEADER_GAP * below[0].height:
            return False
    return True


def _stacked(block: Sequence[Row]) -> list[Segment]:
    """Join what stands under each other in a header of several rows."""
    stacks: list[list[Segment]] = []
    for segment in (segment for row in block for segment in row):
        under = [stack for stack in stacks if any(overlap(part, segment) > 0 for part in stack)]
        if len(under) == 1:
            under[0].append(segment)
        else:
            stacks.append([segment])
    return sorted((joined(stack) for stack in stacks), key=lambda head: head.left)


def _read_under(grid: Grid, rows: Sequence[Row], sender: Sender) -> None:
    last: GridRow | None = None
    bottom = 0.0
    for row in rows:
        if is_header(columns_in(row, sender)):
            last = None
            continue
        cells = _in_columns(row, grid.columns)
        if _is_line(cells):
            last = GridRow(cells=cells)
            grid.rows.append(last)
        elif last is None or is_total(row) or row[0].top - bottom > NEXT_LINE * row[0].height:
            last = None
            continue
        else:
            _continue(last, cells)
        bottom = max(segment.bottom for segment in row)


def _in_columns(row: Row, columns: Sequence[Column]) -> dict[str, Segment]:
    placed: dict[str, list[Segment]] = {}
    for segment in (part for whole in row for part in _cells_apart(whole, columns)):
        column = _column_of(segment, columns)
        placed.setdefault(column.key, []).append(segment)
    return {name: joined(parts) for name, parts in placed.items()}


def _cells_apart(segment: Segment, columns: Sequence[Column]) -> Sequence[Segment]:
    """Part a segment that reaches under two headers: two cells with little room between them."""
    reached = [column for column in columns if overlap(column.head, segment) > 0]
    if len(reached) < 2 or len(segment.parts) < 2:  # noqa: PLR2004
        return [segment]
    groups: list[tuple[Column, list[Segment]]] = []
    for word in segment.parts:
        under = [column for column in reached if overlap(column.head, word) > 0]
        column = under[0] if under else (groups[-1][0] if groups else reached[0])
        if not groups or groups[-1][0] is not column:
            groups.append((column, []))
        groups[-1][1].append(word)
    return [joined(words) for _column, words in groups]


def _column_of(segment: Segment, columns: Sequence[Column]) -> Column:
    """Return the column by what a cell is under, else by the edge that it is aligned to."""
    under = [column for column in columns if overlap(column.head, segment) > 0]
    if len(under) == 1:
        return under[0]
    return min(under or columns, key=lambda column: _misalignment(column.head, segment))


def _misalignment(head: Segment, cell: Segment) -> float:
    return min(
        abs(head.left - cell.left), abs(head.right - cell.right), abs(head.middle - cell.middle)
    )


def _is_line(cells: dict[str, Segment]) -> bool:
    quantity = cells.get("quantity")
    return bool(quantity and counted(quantity.text)[0] and any(cells.get(name) for name in NAMING))


def _continue(row: GridRow, cells: dict[str, Segment]) -> None:
    """Add a further line of text to the row above, where it is text."""
    for name in (*NAMING, "unit"):
        if name in cells:
            own = row.cells.get(name)
            row.cells[name] = joined([own, cells[name]]) if own else cells[name]


# --- under ruled lines -------------------------------------------------------------------


def _ruled(pages: Sequence[Page], sender: Sender) -> Grid | None:
    grid: Grid | None = None
    width = 0
    for table in (table for page in pages for table in page.tables):
        below = table
        header = _ruled_header(table, sender)
        if header is not None:
            start, columns = header
            grid = grid or Grid(columns=columns)
            grid.columns, width, below = columns, len(table[0]), table[start:]
        if grid is not None and len(table[0]) == width:
            grid.rows += [row for cells in below if (row := _ruled_row(grid.columns, cells))]
    return grid


def _ruled_header(
    table: list[list[Segment | None]], sender: Sender
) -> tuple[int, list[Column]] | None:
    for index, cells in enumerate(table[:HEADER_DEPTH]):
        if None not in cells:
            heads = [cell for cell in cells if cell is not None]
            columns = _told_apart([_column(cell, sender) for cell in heads], sender)
            if is_header(columns):
                return index + 1, columns
    return None


def _ruled_row(columns: Sequence[Column], cells: Sequence[Segment | None]) -> GridRow | None:
    found = {
        column.key: cell
        for column, cell in zip(columns, cells, strict=True)
        if cell is not None and cell.text
    }
    return GridRow(cells=found) if _is_line(found) else None
