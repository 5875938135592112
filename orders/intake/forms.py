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
PRICE_STEP = Decimal("0.0001")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    documents = FilesField(
        label=_("Files"), help_text=_("CSV, XLSX, JSON, PDF, mails or EDI, up to 20 MB each.")
    )
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
    ship_to = forms.CharField(
        label=_("Ship to"),
        max_length=200,
        required=False,
        help_text=_("Label or street of one of the customer's addresses; empty: the usual one."),
    )
    note = forms.CharField(label=_("Note"), max_length=1000, required=False)
    remember = forms.BooleanField(
        label=_("Remember this customer's part numbers and units"), required=False, initial=True
    )


class LineForm(forms.Form):
    """One line; a price that is left empty comes from the price list."""

    sku = forms.CharField(label=_("SKU"), max_length=40)
    quantity = forms.DecimalField(
        label=_("Quantity"), max_digits=12, decimal_places=3, min_value=LEAST
    )
    unit_price = forms.DecimalField(
        label=_("Price"), max_digits=14, decimal_places=4, min_value=0, required=False
    )
    # How many of our unit one of theirs holds; asked only where their unit is not ours.
    factor = forms.DecimalField(
        label=_("Factor"),
        max_digits=12,
        decimal_places=6,
        min_value=LEAST,
        required=False,
        widget=forms.HiddenInput,
    )


class BaseLines(forms.BaseFormSet[LineForm]):
    deletion_widget = forms.CheckboxInput

    def kept(self) -> list[dict[str, Any]]:
        """Return the lines that were not left out."""
        rows = [
            {**form.cleaned_data, "place": place}
            for place, form in enumerate(self.forms)
            if form.cleaned_data
        ]
        return [row for row in rows if not row.get("DELETE")]


Lines = forms.formset_factory(
    LineForm, formset=BaseLines, extra=0, can_delete=True, max_num=MAX_LINES, absolute_max=MAX_LINES
)


def lines_posted(data: Mapping[str, Any]) -> BaseLines:
    """Return the lines that somebody has sent."""
    return cast(BaseLines, Lines(data, prefix="lines"))


def forms_of(content: Mapping[str, Any]) -> tuple[HeadForm, BaseLines]:
    """Return the forms as the document was read."""
    names = [name for name in HeadForm.base_fields if name != "remember"]
    head = HeadForm(initial={name: content.get(name, "") for name in names})
    rows = [
        {name: line.get(name, "") for name in ("sku", "quantity", "unit_price")}
        for line in content.get("lines", [])
    ]
    return head, cast(BaseLines, Lines(initial=rows, prefix="lines"))


def name_places(head: HeadForm, lines: BaseLines, content: Mapping[str, Any]) -> None:
    """Tell each control which field of the document it is, for the marks beside it.

    Lines that somebody adds have no place in the document.
    """
    for name, field in head.fields.items():
        field.widget.attrs["data-path"] = name
    for place, (form, line) in enumerate(zip(lines.forms, content.get("lines", []), strict=False)):
        for name, field in form.fields.items():
            field.widget.attrs["data-path"] = f"lines.{place}.{name}"
        form.theirs = line  # type: ignore[attr-defined]  # for the template


def ask_for_factors(lines: BaseLines, findings: Iterable[Mapping[str, str]]) -> None:
    """Ask how much one of their units holds, where a finding says that it is not ours."""
    for finding in findings:
        parts = finding["field"].split(".")
        if finding["rule"] == "unit" and len(parts) == 3 and int(parts[1]) < len(lines.forms):  # noqa: PLR2004
            field = lines.forms[int(parts[1])].fields["factor"]
            field.widget = forms.NumberInput(
                attrs={"step": "any", "min": 0, "aria-invalid": "true"}
            )
            field.help_text = finding["message"]


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
            row=row["place"] + 1,
            sku=row["sku"].strip(),
            quantity=row["quantity"] * (row["factor"] or 1),
            unit_price=_per_unit(row["unit_price"], row["factor"]),
            factor=row["factor"],
        )
        for row in lines.kept()
    ]
    return ReadOrder(
        part="",
        customer=entered["customer"].strip(),
        po_number=entered["po_number"].strip(),
        note=entered["note"],
        ship_to=entered["ship_to"].strip(),
        places=[part.strip() for part in entered["ship_to"].split(",")],
        requested_on=entered["requested_on"],
        lines=rows,
    )


def _per_unit(price: Decimal | None, factor: Decimal | None) -> Decimal | None:
    """Return the price of one of our unit, to the tenth of a cent's tenth."""
    if price is None or not factor:
        return price
    return (price / factor).quantize(PRICE_STEP)


def _field(head: HeadForm, lines: BaseLines, path: str) -> forms.Field | None:
    parts = path.split(".")
    if len(parts) == 1:
        return head.fields.get(path)
    position = int(parts[1]) if parts[1].isdigit() else len(lines.forms)
    if position >= len(lines.forms):
        return None
    return lines.forms[position].fields.get(parts[2] if len(parts) > 2 else "sku")  # noqa: PLR2004
