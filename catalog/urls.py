from django.urls import path

from catalog.views import agreements, check, imports, lists, parts, products

app_name = "catalog"
urlpatterns = [
    path("", lists.product_list, name="products"),
    path("options/", lists.product_options, name="options"),
    path("new/", products.product_new, name="new"),
    path("prices/check/", check.price_check, name="price-check"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/lists/", agreements.add_list, name="add-list"),
    path("agreements/discounts/", agreements.add_discount, name="add-discount"),
    path(
        "agreements/discounts/<int:discount_id>/end/",
        agreements.end_discount,
        name="end-discount",
    ),
    path("agreements/certificates/", agreements.add_exemption, name="add-exemption"),
    path("part-numbers/", parts.part_numbers, name="part-numbers"),
    path("part-numbers/remember/", parts.remember, name="remember-part"),
    path("part-numbers/of-customer/", parts.panel, name="part-panel"),
    path("part-numbers/<int:part_id>/", parts.change, name="part"),
    path("part-numbers/<int:part_id>/forget/", parts.forget, name="forget-part"),
    path("import/products/", imports.products, name="import-products"),
    path("import/products/<str:seal>/", imports.products_file, name="import-products-file"),
    path("import/prices/", imports.prices, name="import-prices"),
    path("import/prices/<str:seal>/<str:code>/", imports.prices_file, name="import-prices-file"),
    path("<int:product_id>/", products.product_detail, name="product"),
    path("<int:product_id>/edit/", products.product_edit, name="edit"),
    path("<int:product_id>/discontinue/", products.discontinue, name="discontinue"),
    path("<int:product_id>/prices/", products.set_price, name="set-price"),
    path("<int:product_id>/prices/<int:price_id>/end/", products.end_price, name="end-price"),
    path("<int:product_id>/packs/", products.set_pack, name="set-pack"),
    path("<int:product_id>/packs/<str:unit_id>/remove/", products.remove_pack, name="remove-pack"),
]
