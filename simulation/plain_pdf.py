"""A small paper as a customer sends it: a page of plain text as PDF, made without a renderer."""

from collections.abc import Sequence

HEAD = b"%PDF-1.4\n"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources {fonts} >>"
FONTS = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def plain_pdf(lines: Sequence[str]) -> bytes:
    """Return one page of A4 with a line of text below the other; ASCII only."""
    drawn = " ".join(f"({_escaped(line)}) Tj T*" for line in lines)
    content = f"BT /F1 11 Tf 16 TL 60 780 Td {drawn} ET"
    bodies = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE.format(fonts=FONTS),
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    file, places = HEAD, []
    for number, body in enumerate(bodies, start=1):
        places.append(len(file))
        file += f"{number} 0 obj\n{body}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(bodies) + 1
    end = (
        f"xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {count} /Root 1 0 R >>\nstartxref\n{len(file)}\n%%EOF\n"
    )
    return file + end.encode("ascii")


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "()\\" else sign for sign in text)
