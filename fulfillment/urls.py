from django.urls import path

from fulfillment.views import amending, floor, papers, portal, sheet, stock

app_name = "fulfillment"
urlpatterns = [
    path("", floor.pick_lists, name="pick-lists"),
    path("release/", floor.release, name="release"),
    path("amendments/<str:number>/", amending.amendment, name="amendment"),
    path("scan/", floor.find, name="scan"),
    path("pick-lists/<str:number>/", sheet.pick, name="pick"),
    path("pick-lists/<str:number>/paper/", papers.paper, name="paper"),
    path("pick-lists/<str:number>/pick-list.json", papers.form, name="form"),
    path("pick-lists/<str:number>/start/", sheet.start, name="start"),
    path("pick-lists/<str:number>/scan/", sheet.scan, name="scan-item"),
    path("pick-lists/<str:number>/finish/", sheet.finish, name="finish"),
    path("pick-lists/<str:number>/pack/", sheet.pack, name="pack"),
    path("pick-lists/<str:number>/stop/", sheet.stop, name="stop"),
    path("stock/", stock.stock, name="stock"),
    path("stock/receive/", stock.receive, name="receive"),
    path("stock/<int:level_id>/", stock.level, name="level"),
    path("stock/<int:level_id>/count/", stock.count, name="count"),
    path("stock/<int:level_id>/adjust/", stock.adjust, name="adjust"),
    path("shortages/", stock.shortages, name="shortages"),
    path("shortages/<int:order_id>/allocate/", stock.allocate, name="allocate"),
    path("availability/", stock.availability, name="availability"),
    path("portal-availability/", portal.portal_availability, name="portal-availability"),
]
