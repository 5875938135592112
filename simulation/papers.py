"""What the invented customers send: a table, a return, a purchase order as PDF, an X12 order."""

import secrets
from datetime import date
from decimal import Decimal

from catalog.models import Product
from customers.models import Customer

# Where the columns of the printed order begin, in points from the left.
COLUMNS = (60, 90, 190, 390, 440, 500)
HEADINGS = ("Pos", "Article", "Description", "Qty", "Price", "Amount")
# SKU, pieces, price. The last costs less than our list says: a person looks at it.
PRINTED = (
    ("SEL-MEC-038", 6, "212.50"),
    ("GSK-SPW-6-150", 20, "26.40"),
    ("VLV-BF-100", 4, "189.00"),
)


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def table(customer: str, po_number: str, day: date) -> bytes:
    """Return an order that leaves nothing in doubt, as CSV."""
    rows = [("VLV-BL-025", 25), ("PKG-PTFE-10", 30), ("SEL-MEC-025", 4)]
    lines = [f"{customer},{po_number},{sku},{count},{day}" for sku, count in rows]
    return "\n".join(["Customer,PO Number,SKU,Quantity,Requested Date", *lines, ""]).encode()


def returned(customer: str) -> bytes:
    """Return what is no order: goods that come back."""
    return f"Customer,PO Number,SKU,Quantity\n{customer},R-0311,VLV-BL-025,-5\n".encode()


def purchase_order(customer: Customer, po_number: str, day: date) -> bytes:
    """Return a printed purchase order of one page, with a price that we do not know."""
    names = dict(Product.objects.values_list("sku", "name"))
    total = Decimal(0)
    shown = [(60, 780, 15, customer.name), (60, 740, 18, "Purchase Order")]
    facts = {
        "PO Number": po_number,
        "Customer No": customer.number,
        "Delivery Date": day.isoformat(),
        "Currency": customer.currency,
    }
    for number, (label, value) in enumerate(facts.items()):
        y = 705 - 18 * number
        shown += [(60, y, 10, f"{label}:"), (132, y, 10, value)]
    rows: list[tuple[str, ...]] = [HEADINGS]
    for number, (sku, count, price) in enumerate(PRINTED, start=1):
        amount = count * Decimal(price)
        total += amount
        rows.append((str(number), sku, names[sku][:32], str(count), price, str(amount)))
    for number, row in enumerate(rows):
        y = 600 - 22 * number
        shown += [(x, y, 10, cell) for x, cell in zip(COLUMNS, row, strict=True)]
    shown += [(440, 500, 10, "Total net"), (500, 500, 10, str(total))]
    return _page(shown)


def _page(texts: list[tuple[int, int, int, str]]) -> bytes:
    """Return a PDF of one page; each text has its place from the lower left, and a size."""
    drawn = "\n".join(
        f"BT /F1 {size} Tf {x} {y} Td ({_escaped(text)}) Tj ET" for x, y, size, text in texts
    ).encode("cp1252", "replace")
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    index = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    ends = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % size + index + ends


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def x12(
    customer: Customer, sender: str, receiver: str, po_number: str, sent: date, day: date
) -> bytes:
    """Return an X12 850 of two lines."""
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*14*{sender:15}*14*{receiver:15}"
        f"*{sent:%y%m%d}*0715*U*00401*000000101*0*T*>",
        f"GS*PO*{sender}*{receiver}*{sent:%Y%m%d}*0715*101*X*004010",
        "ST*850*0001",
        f"BEG*00*SA*{po_number}**{sent:%Y%m%d}",
        f"CUR*BY*{customer.currency}",
        f"DTM*002*{day:%Y%m%d}",
        f"N1*BY*{customer.name}*UL*{sender}",
        "PO1*10*12*EA*148.00**VN*SEL-MEC-025",
        "PO1*20*40*EA*23.80**VN*VLV-BL-025",
        "CTT*2",
        "SE*9*0001",
        "GE*1*101",
        "IEA*1*000000101",
    ]
    return "~\n".join([*segments, ""]).encode()
