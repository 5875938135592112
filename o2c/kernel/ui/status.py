"""Status pills: the word and tone of a document's state, from the one table (`words.py`)."""

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString

from o2c.kernel.ui.figures import Text
from o2c.kernel.ui.words import WORDS


class UnknownStatus(LookupError):
    """No word is agreed for this state: add it to `WORDS` first."""


def word_and_tone(kind: str, state: str) -> tuple[Text, str]:
    """Return what people read for a state, and its tone; `kind` is `pick_list` or `picklist`.

    Raises:
        UnknownStatus: the table holds no such kind or state.
    """
    try:
        return WORDS[kind.replace("_", "").lower()][state]
    except KeyError:
        raise UnknownStatus(
            f"No word for {kind}: {state}. Add it to o2c/kernel/ui/words.py."
        ) from None


def pill(text: Text, tone: str = "") -> SafeString:
    """Draw a status pill: quiet when fine, tinted when somebody must act."""
    if tone:
        return format_html('<span class="pill" data-tone="{}">{}</span>', tone, text)
    return format_html('<span class="pill">{}</span>', text)


def status(subject: str | models.Model, state: str = "") -> SafeString:
    """Draw the pill of a document, or of a kind and a state or condition."""
    if isinstance(subject, models.Model):
        kind, state = subject._meta.model_name or "", state or subject.state  # type: ignore[attr-defined]
    else:
        kind = subject
    word, tone = word_and_tone(kind, state)
    return pill(word, tone)
