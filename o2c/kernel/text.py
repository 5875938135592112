"""Texts as people search them."""

import unicodedata


def fold(text: str) -> str:
    """Return the text in lower case, without accents, single spaces between its words."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.split())
