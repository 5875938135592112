"""Forms too long to be read at once: fields under headings, and the mark of what was shown."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from django import forms
from django.forms.boundfield import BoundField

from o2c.kernel.ui.figures import Text


class SectionedForm(forms.Form):
    """`sections` names the fields under each heading, in order."""

    sections: ClassVar[Sequence[tuple[Text, Sequence[str]]]] = ()

    def grouped(self) -> Iterator[tuple[Text, list[BoundField]]]:
        """Yield each heading with its fields; a form without headings is one group."""
        if not self.sections:
            yield "", self.visible_fields()
        for title, names in self.sections:
            yield title, [self[name] for name in names if name in self.fields]


class WatchedForm(SectionedForm):
    """A form that knows which version of a row it shows: see `o2c.kernel.lost_updates`."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
