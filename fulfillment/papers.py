"""Paper for the floor: pick lists and packing slips, with barcodes."""

from typing import Any

from django.template.loader import render_to_string

from fulfillment import batch_form
from fulfillment.models import PickBatch, PickList
from fulfillment.standard_form import document_of
from o2c.kernel import pdf
from o2c.kernel.barcodes import code_128, gs1_128
from o2c.kernel.company import the_company

STYLE = "o2c/floor.css"


def draw_pick_list(pick_list: PickList) -> bytes:
    """Return the paper form as PDF, to be walked with and scanned from: A4, a barcode per line.

    `pick_list` was read by `standard_form.with_content`. Takes a third of a second: outside of
    any lock.
    """
    form = document_of(pick_list)
    lines = [line | {"barcode": code_128(_scanned(line))} for line in form["lines"]]
    page: dict[str, Any] = {
        "form": form,
        "pick_list": pick_list,
        "lines": lines,
        "barcode": code_128(form["number"]),
    }
    return pdf.render(render_to_string("fulfillment/paper_pick_list.html", page), style=STYLE)


def draw_pick_batch(batch: PickBatch) -> bytes:
    """Return the paper form of a batch as PDF: its totes, and the walk with a barcode per line.

    `batch` was read with its house and picker. Takes a third of a second: outside of any lock.
    """
    form = batch_form.document_of(batch)
    page: dict[str, Any] = {
        "form": form,
        "totes": [tote | {"barcode": code_128(tote["pick_list"])} for tote in form["totes"]],
        "lines": [line | {"barcode": code_128(_scanned(line))} for line in form["lines"]],
        "barcode": code_128(form["number"]),
    }
    return pdf.render(render_to_string("fulfillment/paper_pick_batch.html", page), style=STYLE)


def _scanned(line: dict[str, Any]) -> str:
    """Return what a scanner shall type for a line: the lot or serial number, else the item."""
    return str(line["lot"] or line["gtin"] or line["sku"])


def draw_packing_slip(pick_list: PickList) -> bytes:
    """Return the packing slip as PDF: each package with its SSCC as a barcode, and what is in it.

    `pick_list` was read by `standard_form.with_content`. Takes a third of a second: outside of
    any lock.
    """
    form = document_of(pick_list)
    by_position = {line["position"]: line for line in form["lines"]}
    packages = [
        package
        | {
            "barcode": gs1_128(f"00{package['sscc']}") if package["sscc"] else "",
            "items": [
                by_position[part["position"]] | {"packed": part["quantity"]}
                for part in package["contents"]
            ],
        }
        for package in form["packages"]
    ]
    page: dict[str, Any] = {"form": form, "packages": packages, "company": the_company()}
    return pdf.render(render_to_string("fulfillment/paper_slip.html", page), style=STYLE)
