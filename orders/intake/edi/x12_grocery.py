"""X12 875: the grocery trade's purchase order."""

from collections.abc import Callable

from o2c.kernel.sheets.shapes import clean
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.edi.draft import draft_of, name_buyer, name_place, settle
from orders.intake.edi.envelope import Group, Interchange, Message, Segment
from orders.intake.edi.x12_orders import BUYERS, PLACES, Reader

# Element 473: what the order is.
STATUSES = {"N": "order", "O": "order", "": "order", "F": "cancellation", "R": "change"}
# Element 432 of G62: delivery asked for, then when it is to leave.
WANTED = ("02", "17", "10", "38")


def read_order(interchange: Interchange, group: Group, message: Message) -> ReadOrder:
    """Read an 875; what is doubtful becomes a finding."""
    reader = GroceryReader(draft_of(interchange, group, message))
    for segment in message.segments:
        handler = HANDLERS.get(segment.tag)
        if handler is not None:
            handler(reader, segment)
    reader.close_line()
    name_buyer(reader.draft, ["BT", *BUYERS])
    name_place(reader.draft, PLACES)
    return settle(reader.draft)


class GroceryReader(Reader):
    """Reads what an 875 says in segments of its own."""

    def header(self, segment: Segment) -> None:
        """Read G50."""
        draft, order = self.draft, self.draft.order
        order.po_number = draft.key(segment.get(3), "po_number", "po_number", segment.where)
        status = segment.get(1)
        order.purpose = STATUSES.get(status, "order")
        if status not in STATUSES:
            draft.doubt("purpose", "purpose", clean(status) or "-")

    def day(self, segment: Segment) -> None:
        if segment.get(1) in WANTED and self.draft.order.requested_on is None:
            day = self.draft.day(segment.get(2), "requested_on", segment.where)
            self.draft.order.requested_on = day

    def order_line(self, segment: Segment) -> None:
        """Read G68: quantity, unit, price, case code, and pairs of qualifier and number."""
        self.close_line()
        path = f"lines.{len(self.draft.order.lines)}"
        line = ReadLine(row=segment.position, sku="")
        where = segment.where
        line.quantity = self.draft.number(segment.get(1), f"{path}.quantity", where)
        line.unit = self.draft.key(segment.get(2), "sku", f"{path}.unit", where)
        line.unit_price = self.draft.number(segment.get(3), f"{path}.unit_price", where)
        self.name_product(line, segment, 5, path)
        case = self.draft.key(segment.get(4), "sku", f"{path}.gtin", where)
        line.gtin = case or line.gtin
        line.sku = line.sku or line.gtin
        self.line = line
        self.draft.add_line(line)

    def description(self, segment: Segment) -> None:
        if self.line is not None and not self.line.description:
            self.line.description = clean(segment.get(1))[:200]

    def summary(self, segment: Segment) -> None:
        """Read G76: what the quantities come to."""
        self.close_line()
        total = self.draft.number(segment.get(1), "quantity_total", segment.where)
        self.draft.quantity_total = total


HANDLERS: dict[str, Callable[[GroceryReader, Segment], None]] = {
    "G50": GroceryReader.header,
    "G62": GroceryReader.day,
    "N1": GroceryReader.name,
    "N3": GroceryReader.street,
    "N4": GroceryReader.city,
    "NTE": GroceryReader.note,
    "G72": GroceryReader.charge,
    "G68": GroceryReader.order_line,
    "G69": GroceryReader.description,
    "G76": GroceryReader.summary,
}
