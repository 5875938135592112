# ruff: noqa: E501  a style sheet
"""Draw a purchase order in a layout: HTML made of tables and boxes, then a PDF by WeasyPrint."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from html import escape

from weasyprint import HTML

from bench.documents.layouts import Layout
from bench.documents.truth import CENT, TAX, Line, Order
from bench.documents.words import WORDS, Words

STYLE = """
@page {{ size: A4; margin: 18mm 15mm 20mm; @bottom-right {{ content: "{page} " counter(page) " / " counter(pages); font: 7pt sans-serif }} }}
body {{ font: {size}pt '{font}'; color: #111 }}
h1 {{ font-size: 170%; margin: 0 0 4mm }}
.buyer {{ margin-bottom: 6mm }} .buyer b {{ font-size: 120% }}
.two {{ display: flex; gap: 20mm; margin-bottom: 6mm }} .two > div {{ width: 75mm }}
.label {{ color: #444 }}
table.facts {{ margin-bottom: 6mm; border-collapse: collapse }} table.facts td, table.facts th {{ padding: 1mm 6mm 1mm 0; text-align: left; vertical-align: top; font-weight: normal }}
table.grid td, table.grid th {{ border: 0.3pt solid #555; padding: 1mm 3mm }}
table.lines {{ width: 100%; border-collapse: collapse }}
table.lines td, table.lines th {{ padding: 1.1mm 1.6mm; vertical-align: top; text-align: left }}
table.lines .n {{ text-align: {align} }}
table.lines thead {{ display: table-header-group }} table.lines tr {{ break-inside: avoid }}
.ruled td, .ruled th {{ border: 0.4pt solid #333 }}
.rows td {{ border-bottom: 0.3pt solid #999 }} .rows th {{ border-bottom: 0.8pt solid #111 }}
.frame {{ border: 0.6pt solid #111 }} .frame th {{ border-bottom: 0.6pt solid #111 }}
.zebra tbody tr:nth-child(even) {{ background: #eee }} .zebra th {{ background: #333; color: #fff }}
.columns {{ border: 0.4pt solid #333 }} .columns td, .columns th {{ border-left: 0.4pt solid #333 }} .columns th {{ border-bottom: 0.4pt solid #333 }}
table.sums {{ margin: 4mm 0 0 auto; border-collapse: collapse }} table.sums td {{ padding: 0.8mm 2mm; white-space: nowrap }} table.sums td + td {{ text-align: right }}
.twice {{ position: relative }} .twice span {{ position: absolute; left: 0.25pt; top: 0; width: 100% }}
"""
NAMED_CURRENCY = 2
US = "Kestrel Flow Components"


def draw(order: Order, layout: Layout) -> bytes:
    """Return the PDF."""
    paper = Paper(order, layout)
    made: bytes = HTML(string=paper.page()).write_pdf()
    return made


class Paper:
    """One order in one layout."""

    def __init__(self, order: Order, layout: Layout) -> None:
        self.order = order
        self.layout = layout
        self.words: Words = WORDS[layout.language]

    def word(self, name: str) -> str:
        variants: Sequence[str] = getattr(self.words, name)
        return variants[self.layout.variant % len(variants)]

    def page(self) -> str:
        layout = self.layout
        style = STYLE.format(
            page=self.words.page, size=layout.size, font=layout.font, align=layout.align
        )
        parts = (self._buyer(), self._head(), self._lines(), self._sums())
        return f"<style>{style}</style><body>{''.join(parts)}</body>"

    def _buyer(self) -> str:
        buyer = self.order.buyer
        vat = f"<br>VAT {buyer.vat}" if buyer.vat and self.layout.number % 2 else ""
        title = self._bold(self.word("title"))
        if self.layout.head == "title":
            title = self._bold(f"{self.word('title')} {self.order.po_number}")
        return (
            f"<div class=buyer><b>{escape(buyer.name)}</b><br>{buyer.street}, {buyer.place}<br>"
            f"{buyer.email}{vat}</div><h1>{title}</h1>"
        )

    def _bold(self, text: str) -> str:
        if self.layout.is_bold_twice:
            return f"<div class=twice>{escape(text)}<span>{escape(text)}</span></div>"
        return escape(text)

    def _head(self) -> str:
        buyer, layout = self.order.buyer, self.layout
        facts = [
            (self.word("number"), self.order.po_number),
            (self.word("date"), self.words.day(self.order.ordered_on, layout.variant)),
        ]
        if "wanted" not in layout.columns:
            wanted = self.words.day(self.order.requested_on, layout.variant)
            facts.append((self.word("wanted"), wanted))
        if layout.account:
            facts.append((self.word("account"), buyer.number))
        if layout.head == "title":
            facts = facts[1:]
        address = f"{escape(buyer.name)}<br>{buyer.street}<br>{buyer.place}"
        two = (
            f"<div class=two><div><span class=label>{self.word('supplier')}</span><br>{US}<br>"
            f"1 Kestrel Way<br>Bristol BS1 5TY</div><div><span class=label>"
            f"{self.word('ship_to')}</span><br>{address}</div></div>"
        )
        return two + self._facts(facts)

    def _facts(self, facts: Sequence[tuple[str, str]]) -> str:
        head = self.layout.head
        if head in ("below", "grid"):
            kind = "facts grid" if head == "grid" else "facts"
            names = "".join(f"<th>{name}</th>" for name, _value in facts)
            values = "".join(f"<td>{value}</td>" for _name, value in facts)
            return f'<table class="{kind}"><tr>{names}</tr><tr>{values}</tr></table>'
        if head == "colon":
            return "".join(f"<div>{name}: {value}</div>" for name, value in facts) + "<br>"
        rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in facts)
        return f'<table class="facts">{rows}</table>'

    def _lines(self) -> str:
        columns = self.layout.columns
        heads = "".join(f'<th class="{_side(name)}">{self._header(name)}</th>' for name in columns)
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td class="{_side(name)}">{self._cell(name, place, line)}</td>'
                for name in columns
            )
            + "</tr>"
            for place, line in enumerate(self.order.lines, 1)
        )
        return (
            f'<table class="lines {self.layout.table}"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )

    def _header(self, name: str) -> str:
        word = self.word({"named": "name", "counted": "quantity"}.get(name, name))
        if self.layout.is_two_row_header and " " in word:
            word = "<br>".join(escape(part) for part in word.split(" ", 1))
        elif name in ("price", "amount") and self.layout.number % 6 == NAMED_CURRENCY:
            word = f"{word} ({self.order.buyer.currency})"
        return self._bold(word) if "<" not in word else word

    def _cell(self, name: str, place: int, line: Line) -> str:
        item, words = line.item, self.words
        places = max(2, -int(item.price.as_tuple().exponent))
        named = f"{escape(item.name)}<br>{self.word('sku').rstrip('.')}: {item.sku}"
        cells = {
            "position": str(place * 10 if self.layout.number % 2 else place),
            "sku": item.sku,
            "own": f"M{place:03}{len(item.name):02}",
            "name": escape(item.name),
            "named": named,
            "quantity": words.count(line.quantity),
            "counted": f"{words.count(line.quantity)} {self.word('piece')}",
            "unit": self.word("piece"),
            "wanted": words.day(self.order.requested_on, self.layout.variant),
            "price": self._money(item.price, places),
            "amount": self._money(line.amount + (self.order.misprint if place == 1 else 0)),
        }
        return cells[name]

    def _money(self, amount: Decimal, places: int = 2) -> str:
        text = self.words.money(amount, places)
        if not self.layout.has_currency_in_cells:
            return text
        if self.order.buyer.currency == "USD":
            return f"${text}"
        return f"{text} €" if self.layout.number % 8 == 1 else f"€ {text}"

    def _sums(self) -> str:
        net = self.order.net
        taxed = net + self.order.freight
        tax = (taxed * TAX).quantize(CENT, ROUND_HALF_UP)
        rows = [(self.word("net"), net)] if "net" in self.layout.totals else []
        if self.order.freight:
            rows.append((self.words.freight, self.order.freight))
        if "tax" in self.layout.totals:
            rows += [(self.word("tax"), tax), (self.word("total"), taxed + tax)]
        elif self.layout.totals == "total" or self.order.freight:
            rows.append((self.word("total"), taxed))
        code = self.order.buyer.currency
        body = "".join(
            f"<tr><td>{name}</td><td>{self._money(amount)} "
            f"{'' if self.layout.has_currency_in_cells else code}</td></tr>"
            for name, amount in rows
        )
        return f'<table class="sums">{body}</table>'


def _side(name: str) -> str:
    return "n" if name in ("quantity", "counted", "price", "amount") else ""
