from django.urls import path

from orders.views import quote_entry, quotes

urlpatterns = [
    path("", quotes.quote_list, name="quotes"),
    path("new/", quote_entry.new, name="quote-new"),
    path("preview/", quote_entry.preview, name="quote-preview"),
    path("<str:number>/", quotes.quote_page, name="quote"),
    path("<str:number>/edit/", quote_entry.edit, name="quote-edit"),
    path("<str:number>/send/", quotes.quote_send, name="quote-send"),
    path("<str:number>/revise/", quotes.quote_revise, name="quote-revise"),
    path("<str:number>/accept/", quotes.quote_accept, name="quote-accept"),
    path("<str:number>/reject/", quotes.quote_reject, name="quote-reject"),
    path("<str:number>/<int:revision>/", quotes.quote_page, name="quote-revision"),
    path("<str:number>/<int:revision>/pdf/", quotes.quote_pdf, name="quote-pdf"),
]
