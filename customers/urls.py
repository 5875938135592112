from django.urls import path

from customers.views import activities, customers, exporting, importing, people, places, terms

app_name = "customers"
urlpatterns = [
    path("", customers.customer_list, name="list"),
    path("new/", customers.customer_new, name="new"),
    path("options/", customers.customer_options, name="options"),
    path("import/", importing.import_check, {"kind": "customers"}, name="import"),
    path(
        "import/<str:seal>/",
        importing.import_commit,
        {"kind": "customers"},
        name="import-commit",
    ),
    path("contacts/import/", importing.import_check, {"kind": "contacts"}, name="import-contacts"),
    path(
        "contacts/import/<str:seal>/",
        importing.import_commit,
        {"kind": "contacts"},
        name="import-contacts-commit",
    ),
    path("contacts.csv", exporting.contacts_csv, name="contacts-csv"),
    path("contacts.vcf", exporting.contacts_vcf, name="contacts-vcf"),
    path("terms/", terms.terms_list, name="terms"),
    path("terms/new/", terms.terms_new, name="terms-new"),
    path("terms/preview/", terms.terms_preview, name="terms-preview"),
    path("terms/<int:terms_id>/", terms.terms_edit, name="terms-edit"),
    path("terms/<int:terms_id>/<str:act>/", terms.terms_act, name="terms-act"),
    path("<str:number>/", customers.customer_detail, name="detail"),
    path("<str:number>/edit/", customers.customer_edit, name="edit"),
    path("<str:number>/addresses/new/", places.address_new, name="add-address"),
    path("<str:number>/addresses/<int:address_id>/", places.address_edit, name="address"),
    path(
        "<str:number>/addresses/<int:address_id>/<str:act>/", places.address_act, name="address-act"
    ),
    path("<str:number>/contacts/new/", people.contact_new, name="add-contact"),
    path("<str:number>/contacts/<int:contact_id>/", people.contact_edit, name="contact"),
    path(
        "<str:number>/contacts/<int:contact_id>/<str:act>/", people.contact_act, name="contact-act"
    ),
    path("<str:number>/activities/new/", activities.activity_new, name="add-activity"),
    path("<str:number>/activities/<int:activity_id>/", activities.activity_edit, name="activity"),
    path(
        "<str:number>/activities/<int:activity_id>/<str:act>/",
        activities.activity_act,
        name="activity-act",
    ),
]
