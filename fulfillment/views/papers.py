"""Pick lists as files: on paper, and in the standard form."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from fulfillment.models import PickList
from fulfillment.papers import draw_packing_slip, draw_pick_list
from fulfillment.standard_form import document_of, with_content
from o2c.kernel.downloads import shown_once
from o2c.kernel.pages import page


@page("fulfillment.view_picklist")
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """Show the paper form."""
    return shown_once(draw_pick_list(_pick_list(number)), name=f"{number}.pdf")


@page("fulfillment.view_picklist")
def form(request: HttpRequest, number: str) -> HttpResponse:
    """Show the standard form as the API writes it."""
    options = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(document_of(_pick_list(number)), json_dumps_params=options)


def _pick_list(number: str) -> PickList:
    return get_object_or_404(with_content(), number=number)


@page("fulfillment.view_picklist")
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Show the packing slip."""
    return shown_once(draw_packing_slip(_pick_list(number)), name=f"{number}-slip.pdf")
