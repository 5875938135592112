from django.urls import path

from orders.views import blanket_entry, blankets

urlpatterns = [
    path("", blankets.blanket_list, name="blankets"),
    path("new/", blanket_entry.new, name="blanket-new"),
    path("preview/", blanket_entry.preview, name="blanket-preview"),
    path("<str:number>/", blankets.blanket_page, name="blanket"),
    path("<str:number>/edit/", blanket_entry.edit, name="blanket-edit"),
    path("<str:number>/activate/", blankets.blanket_activate, name="blanket-activate"),
    path("<str:number>/call-off/", blankets.blanket_call, name="blanket-call"),
    path("<str:number>/end/", blankets.blanket_end, name="blanket-end"),
]
