from django.urls import path

from shipping import paper_views

app_name = "portal-shipments"
urlpatterns = [
    path("<str:number>/delivery-note.pdf", paper_views.own_delivery_note, name="delivery-note"),
]
