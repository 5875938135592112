"""Refuse texts in templates that no translator can reach: `tools/lint_templates.py FOLDER`.

Text for people belongs into `{% translate %}` or `{% blocktranslate %}`. What is no language at
all stands in `<code>`, `<kbd>` or an element with `translate="no"`.
"""

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# A translator's texts, comments and verbatim code: nothing in them is looked at.
SKIPPED_BLOCK = re.compile(
    r"{%-?\s*(blocktranslate|blocktrans|comment|verbatim)\b.*?%}.*?{%\s*end\1\b.*?%}", re.DOTALL
)
TEMPLATE_CODE = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)
SUFFIXES = {".html", ".txt"}
WORD = re.compile(r"[^\W\d_]{2,}")
# A child template's block may fill in the attributes of an element in its parent.
ATTRIBUTES_ALONE = re.compile(r'\s*([\w-]+="[^"]*"\s*)+')
TEXT_ATTRIBUTES = {"alt", "aria-label", "aria-description", "hx-confirm", "placeholder", "title"}
SILENT_ELEMENTS = {"code", "kbd", "samp", "script", "style"}
VOID_ELEMENTS = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    """A text that stands in a template as it is."""

    line: int
    text: str


@dataclass
class _Reader(HTMLParser):
    """Collects the words a person would read, outside silent elements."""

    findings: list[Finding] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent or tag in SILENT_ELEMENTS or ("translate", "no") in attrs:
            if tag not in VOID_ELEMENTS:
                self.silent.append(tag)
            return
        for name, value in attrs:
            if name in TEXT_ATTRIBUTES:
                self._look_at(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent and not ATTRIBUTES_ALONE.fullmatch(data):
            self._look_at(data)

    def _look_at(self, text: str) -> None:
        if found := WORD.search(text):
            line = self.getpos()[0] + text.count("\n", 0, found.start())
            self.findings.append(Finding(line, " ".join(text.split())))


def untranslated(source: str) -> list[Finding]:
    """Return the texts of one template that go past the translators, by line."""
    without_blocks = SKIPPED_BLOCK.sub(_blank, source)
    reader = _Reader()
    reader.feed(TEMPLATE_CODE.sub(_blank, without_blocks))
    reader.close()
    return sorted(reader.findings)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def main(folders: list[str]) -> int:
    """Print each finding as `file:line: text` and return 1 when there is one."""
    count = 0
    for folder in folders:
        for file in sorted(path for path in Path(folder).rglob("*") if path.suffix in SUFFIXES):
            for finding in untranslated(file.read_text()):
                print(f"{file}:{finding.line}: not translated: {finding.text}")
                count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
