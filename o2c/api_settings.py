"""Settings of the REST API and of its description: none of them comes from the environment."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["customers.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["customers.authentication.HasApiKey"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["o2c.kernel.parsers.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["customers.authentication.ApiKeyThrottle"],
    "DEFAULT_THROTTLE_RATES": {"api_key": "600/min"},
    "EXCEPTION_HANDLER": "o2c.kernel.api.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Order-to-cash API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "DESCRIPTION": (
        "Orders, shipments and invoices of one customer, by its own systems;"
        " stock and work on the floor, by systems of our own house;"
        " what happened on the way, by carriers."
    ),
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    # The first is imported before the views are read: it describes how they are signed in to.
    "PREPROCESSING_HOOKS": ["o2c.kernel.schema.only_the_api"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "o2c.kernel.schema.complete",
    ],
    "ENUM_NAME_OVERRIDES": {
        "OrderState": "orders.serializers.SHOWN_STATES",
        "QuoteState": "orders.quote_api.SHOWN_STATES",
        "ShipmentState": "shipping.models.Shipment.State",
        "InvoiceState": "invoicing.serializers.SHOWN_STATES",
        "ProductStatus": "catalog.models.Product.Status",
        "CancelReason": "orders.serializers.THEIR_REASONS",
        "ReturnReason": "shipping.returns_api.THEIR_REASONS",
        "ReturnedFor": "shipping.models.ReturnLine.Reason",
        "ReturnState": "shipping.models.Return.State",
        "DeliveryProblemKind": "shipping.models.Shipment.ExceptionKind",
        "CreditReason": "invoicing.models.Invoice.Reason",
        "InvoiceKind": "invoicing.models.Invoice.Kind",
        "PickListState": "fulfillment.models.PickList.State",
        "PickBatchState": "fulfillment.models.PickBatch.State",
        "ShortReason": "fulfillment.models.PickLine.ShortReason",
        "PackageKind": "fulfillment.models.Package.Kind",
        "ProFormaState": "invoicing.models.ProForma.State",
    },
}
