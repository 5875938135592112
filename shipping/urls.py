from django.urls import path

from shipping import views

app_name = "shipping"
urlpatterns = [
    path("cases/<int:case_id>/", views.shipment, name="case"),
    path("", views.board, name="board"),
    path("amendments/<str:number>/", views.amendment, name="amendment"),
    path("day-line/", views.day_line, name="day-line"),
    path("pick-lists/<str:number>/", views.of_pick_list, name="of-pick-list"),
    path("pick-lists/<str:number>/plan/", views.plan, name="plan"),
    path("<str:number>/", views.shipment, name="shipment"),
    path("<str:number>/label.pdf", views.label, name="label"),
    path("<str:number>/label/", views.make_label, name="make-label"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/dispatch/", views.dispatch, name="dispatch"),
    path("<str:number>/deliver/", views.deliver, name="deliver"),
    path("<str:number>/exception/", views.fail, name="fail"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
]
