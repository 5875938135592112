"""Barcodes as SVG, for paper of ours."""

from io import BytesIO
from typing import Any

from barcode import Code128, Gs1_128
from barcode.writer import SVGWriter

BARS = {"module_height": 12.0, "quiet_zone": 2.0, "write_text": False}


def code_128(text: str) -> str:
    """Return the bars of a text: what a scanner types as it stands, such as `PL-1001`.

    Empty where there are none: Code 128 knows ASCII only, and no scanner shall type what is no
    visible character.
    """
    if not text or not text.isascii() or not text.isprintable():
        return ""
    return _drawn(Code128(text, writer=SVGWriter()))


def gs1_128(element_string: str) -> str:
    """Return the bars of GS1 data without parentheses, such as `00340123450000000013`."""
    return _drawn(Gs1_128(element_string, writer=SVGWriter()))


def _drawn(code: Any) -> str:
    """Leave the document head out: HTML does not want it."""
    out = BytesIO()
    code.write(out, options=BARS)
    svg = out.getvalue().decode()
    return svg[svg.index("<svg") :]
