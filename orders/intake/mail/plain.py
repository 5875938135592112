"""The text of an HTML mail: lines, with the cells of its tables apart."""

from html.parser import HTMLParser

BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "ul", "ol", "hr"}
CELLS = {"td", "th"}
SILENT = {"style", "script", "head", "title", "template"}
TAB = "\t"


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
        elif tag in CELLS:
            self.pieces.append(TAB)
        elif tag in BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(" ".join(data.split()) + (" " if data[-1:].isspace() else ""))


def text_of_html(page: str) -> str:
    """Return what a reader would see; cells of a row are parted by tabs."""
    reader = _Text()
    reader.feed(page)
    reader.close()
    lines = (line.strip(" ") for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line.strip())
