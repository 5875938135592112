from django.urls import path

from orders.portal import quotes

app_name = "portal-quotes"
urlpatterns = [
    path("", quotes.quote_list, name="list"),
    path("<str:quote_id>/", quotes.quote_page, name="quote"),
    path("<str:quote_id>/pdf/", quotes.quote_pdf, name="pdf"),
    path("<str:quote_id>/accept/", quotes.quote_accept, name="accept"),
    path("<str:quote_id>/reject/", quotes.quote_reject, name="reject"),
]
