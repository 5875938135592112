"""Read the rows of a MySQL dump: its INSERT statements, and nothing else of SQL."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

Row = dict[str, str | None]

TOKEN = re.compile(
    r"""
    (?P<blank>  \s+ | /\*.*?\*/ | (?:--[ \t]|\#)[^\r\n]* )
  | (?P<text>   '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" )
  | (?P<name>   `(?:[^`]|``)*` )
  | (?P<mark>   [(),;] )
  | (?P<word>   [^\s'"`(),;]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPE = re.compile(r"\\(.)|''|\"\"", re.DOTALL)
# What a backslash makes of a letter; any other character stands for itself.
ESCAPED = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


class BrokenDump(Exception):
    """The text is no dump that we can read; the message names the place."""


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


def decode(content: bytes) -> str:
    """Return the text: UTF-8, or Windows-1252 (which MySQL calls latin1) where it is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def read_dump(text: str) -> dict[str, list[Row]]:
    """Return each table's rows by column name; numbers stay text as they were written.

    Raises:
        BrokenDump: a string never ends, or a row does not fit its columns.
    """
    tables: dict[str, list[Row]] = defaultdict(list)
    for statement in _statements(text):
        if statement[0].text.lower() == "insert":
            _read_insert(statement, tables)
    return dict(tables)


def _statements(text: str) -> Iterator[list[Token]]:
    statement: list[Token] = []
    for token in _tokens(text):
        if token == Token("mark", ";"):
            if statement:
                yield statement
            statement = []
        else:
            statement.append(token)


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            line = text.count("\n", 0, position) + 1
            raise BrokenDump(f"line {line}: a string or a name that begins here never ends")
        position = found.end()
        if found.lastgroup and found.lastgroup != "blank":
            yield Token(found.lastgroup, found[0])


def _read_insert(statement: list[Token], tables: dict[str, list[Row]]) -> None:
    """Read `INSERT INTO table (columns) VALUES (…), (…)`."""
    words = [token.text.lower() if token.kind == "word" else "" for token in statement]
    if "into" not in words or "values" not in words:
        raise BrokenDump("an INSERT names no table or no values")
    head, values = words.index("into") + 1, words.index("values") + 1
    table, *columns = [
        token.text.strip("`") for token in statement[head : values - 1] if token.kind != "mark"
    ]
    for cells in _tuples(statement[values:]):
        if len(cells) != len(columns):
            raise BrokenDump(f"{table}: {len(cells)} values for {len(columns)} columns: {cells}")
        tables[table].append(dict(zip(columns, cells, strict=True)))


def _tuples(tokens: list[Token]) -> Iterator[list[str | None]]:
    cells: list[str | None] = []
    for token in tokens:
        if token == Token("mark", ")"):
            yield cells
        elif token == Token("mark", "("):
            cells = []
        elif token.kind != "mark":
            cells.append(_value(token))


def _value(token: Token) -> str | None:
    if token.kind == "text":
        return ESCAPE.sub(_unescape, token.text[1:-1])
    return None if token.text.upper() == "NULL" else token.text


def _unescape(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0][0]
    return ESCAPED.get(found[1], found[1])
