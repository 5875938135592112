"""Uploading documents, and correcting what was read in one."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from o2c.kernel.forms import DateField
from orders.intake.documents import ReadLine, ReadOrder
from orders.intake.matching import customers_by_code
from orders.rules import MAX_LINES

LEAST = Decimal("0.001")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    documents = FilesField(label=_("Files"), help_text=_("CSV, XLSX or JSON, up to 20 MB each."))
    customer = forms.CharField(
        label=_("Customer"),
        max_length=40,
        required=False,
        help_text=_("Customer number, when the files do not name one."),
    )

    def clean_customer(self) -> str:
        code = str(self.cleaned_data["customer"]).strip()
        if code and code.casefold() not in customers_by_code([code]):
            raise forms.ValidationError(_("No customer has this number."))
        return code


class HeadForm(forms.Form):
    """What the order says once."""

    customer = forms.CharField(label=_("Customer number"), max_length=40)
    po_number = forms.CharField(label=_("PO number"), max_length=60, required=False)
    requested_on = DateField(label=_("Requested on"), required=False)
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)


class LineForm(forms.Form):
    """One line; a price that is left empty comes from the price list."""

    sku = forms.CharField(label=_("SKU"), max_length=40)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=12, decimal_places=3, min_value=LEAST
    )
    unit_price = forms.DecimalField(
        label=_("Price"), max_digits=14, decimal_places=4, min_value=0, required=False
    )


class BaseLines(forms.BaseFormSet[LineForm]):
    deletion_widget = forms.CheckboxInput

    def kept(self) -> list[dict[str, Any]]:
        """Return the lines that were not left out."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [row for row in rows if not row.get("DELETE")]


Lines = forms.formset_factory(
    LineForm, formset=BaseLines, extra=0, can_delete=True, max_num=MAX_LINES, absolute_max=MAX_LINES
)


def lines_posted(data: Mapping[str, Any]) -> BaseLines:
    """Return the lines that somebody has sent."""
    return cast(BaseLines, Lines(data, prefix="lines"))


def forms_of(content: Mapping[str, Any]) -> tuple[HeadForm, BaseLines]:
    """Return the forms as the document was read."""
    head = HeadForm(initial={name: content.get(name, "") for name in HeadForm.base_fields})
    rows = [
        {name: line.get(name, "") for name in ("sku", "quantity", "unit_price")}
        for line in content.get("lines", [])
    ]
    return head, cast(BaseLines, Lines(initial=rows, prefix="lines"))


def mark_doubts(head: HeadForm, lines: BaseLines, findings: Iterable[Mapping[str, str]]) -> None:
    """Mark each field that a finding is about, and say what it is."""
    for finding in findings:
        field = _field(head, lines, finding["field"])
        if field is not None:
            field.help_text = finding["message"]
            field.widget.attrs["aria-invalid"] = "true"


def add_errors(head: HeadForm, lines: BaseLines, findings: Sequence[tuple[str, str, str]]) -> None:
    """Put each finding of a refused correction to its field. Places count the lines kept."""
    kept = [form for form in lines.forms if not form.cleaned_data.get("DELETE")]
    for _rule, path, message in findings:
        parts = path.split(".")
        name = {"customer_po": "po_number"}.get(parts[-1], parts[-1])
        if len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(kept):
            form = kept[int(parts[1])]
            form.add_error(name if name in form.fields else None, message)
        else:
            head.add_error(name if name in head.fields else None, message)


def corrected(head: HeadForm, lines: BaseLines) -> ReadOrder:
    """Return what was entered as a document of its own."""
    entered = head.cleaned_data
    rows = [
        ReadLine(
            row=number,
            sku=row["sku"].strip(),
            quantity=row["quantity"],
            unit_price=row["unit_price"],
        )
        for number, row in enumerate(lines.kept(), 1)
    ]
    return ReadOrder(
        part="",
        customer=entered["customer"].strip(),
        po_number=entered["po_number"].strip(),
        note=entered["note"],
        requested_on=entered["requested_on"],
        lines=rows,
    )


def _field(head: HeadForm, lines: BaseLines, path: str) -> forms.Field | None:
    parts = path.split(".")
    if len(parts) == 1:
        return head.fields.get(path)
    position = int(parts[1]) if parts[1].isdigit() else len(lines.forms)
    if position >= len(lines.forms):
        return None
    return lines.forms[position].fields.get(parts[2] if len(parts) > 2 else "sku")  # noqa: PLR2004
