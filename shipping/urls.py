from django.urls import path

from shipping import audit_views as audits
from shipping import case_views, paper_views, views
from shipping import return_views as returns
from shipping.proofs import views as proofs
from shipping.reports import views as reports

app_name = "shipping"
urlpatterns = [
    path("", views.board, name="board"),
    path("amendments/<str:number>/", views.amendment, name="amendment"),
    path("cases/", case_views.case_list, name="cases"),
    path("cases/<int:case_id>/", case_views.case, name="case"),
    path("cases/<int:case_id>/take/", case_views.case_take, name="case-take"),
    path("cases/<int:case_id>/work/", case_views.case_work, name="case-work"),
    path("cases/<int:case_id>/resolve/", case_views.case_resolve, name="case-resolve"),
    path("reports/", reports.stray_list, name="strays"),
    path("reports/file/", reports.file, name="tracking-file"),
    path("reports/<int:stray_id>/", reports.stray, name="stray"),
    path("reports/<int:stray_id>/place/", reports.stray_place, name="stray-place"),
    path("reports/<int:stray_id>/dismiss/", reports.stray_dismiss, name="stray-dismiss"),
    path("feeds/", reports.feed_list, name="feeds"),
    path("feeds/<str:code>/", reports.feed, name="feed"),
    path("feeds/<str:code>/token/", reports.feed_token, name="feed-token"),
    path("day-line/", views.day_line, name="day-line"),
    path("pick-lists/<str:number>/", views.of_pick_list, name="of-pick-list"),
    path("pick-lists/<str:number>/plan/", views.plan, name="plan"),
    path("plan/<str:code>/", views.arrange, name="arrange"),
    path("audits/", audits.audit_list, name="audits"),
    path("audits/carriers.csv", audits.audit_csv, name="audits-csv"),
    path("audits/<int:audit_id>/", audits.audit_page, name="audit"),
    path("audits/<int:audit_id>/sign/", audits.audit_sign, name="audit-sign"),
    path("audits/samples/<int:sample_id>/", audits.sample_check, name="sample-check"),
    path("returns/", returns.return_list, name="returns"),
    path("returns/<str:number>/", returns.return_page, name="return"),
    path("returns/<str:number>/slip.pdf", returns.slip, name="return-slip"),
    path("returns/<str:number>/receive/", returns.receive, name="return-receive"),
    path("returns/<str:number>/inspect/", returns.inspect, name="return-inspect"),
    path("returns/<str:number>/settle/", returns.settle, name="return-settle"),
    path("returns/<str:number>/refuse/", returns.refuse, name="return-refuse"),
    path("<str:number>/", views.shipment, name="shipment"),
    path("<str:number>/return/", returns.return_new, name="return-new"),
    path("<str:number>/take-back/", returns.take_back, name="take-back"),
    path("<str:number>/label.pdf", views.label, name="label"),
    path("<str:number>/label.zpl", paper_views.label_zpl, name="label-zpl"),
    path("<str:number>/delivery-note.pdf", paper_views.delivery_note, name="delivery-note"),
    path("<str:number>/bill-of-lading.pdf", paper_views.bill_of_lading, name="bill-of-lading"),
    path("<str:number>/customs-invoice.pdf", paper_views.customs_invoice, name="customs-invoice"),
    path("<str:number>/label/", views.make_label, name="make-label"),
    path("<str:number>/move/", views.move, name="move"),
    path("<str:number>/dispatch/", views.dispatch, name="dispatch"),
    path("<str:number>/deliver/", views.deliver, name="deliver"),
    path("<str:number>/proof/", proofs.proof, name="proof"),
    path("<str:number>/proof/file/", proofs.proof_file, name="proof-file"),
    path("<str:number>/exception/", views.fail, name="fail"),
    path("<str:number>/cancel/", views.cancel, name="cancel"),
]
