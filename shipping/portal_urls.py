from django.urls import path

from shipping import paper_views
from shipping.proofs import portal

app_name = "portal-shipments"
urlpatterns = [
    path("<str:number>/", portal.shipment, name="shipment"),
    path("<str:number>/proof/", portal.proof_file, name="proof"),
    path("<str:number>/delivery-note.pdf", paper_views.own_delivery_note, name="delivery-note"),
]
