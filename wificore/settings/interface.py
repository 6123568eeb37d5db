"""What people and programs meet: mail, the admin's pages, the API."""

from .site import PLATFORM_HOST, VAR_DIR, env

# Mail. Without a server it is written to files: development reads it there.
EMAIL_HOST = env.text("EMAIL_HOST", "")
EMAIL_PORT = env.port("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.optional_secret("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = env.boolean("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"no-reply@{PLATFORM_HOST}")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

UNFOLD = {
    "SITE_SYMBOL": "router",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "/static/wificore/favicon.svg"}
    ],
    "SITE_URL": None,
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {"show_search": True, "navigation": "wificore.access.navigation.tenant"},
}
UNFOLD_PLATFORM = {
    **UNFOLD,
    "SITE_SYMBOL": "hub",
    "SIDEBAR": {"show_search": True, "navigation": "wificore.access.navigation.platform"},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "wificore.access.api.authentication.ApiTokenAuthentication",
        "wificore.access.support.api.authentication.SupportAuthentication",
        "wificore.access.signin.api.AppTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["wificore.access.api.permissions.HasCode"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "wificore.kernel.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "wificore.access.api.schema.CodeSchema",
    "EXCEPTION_HANDLER": "wificore.kernel.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "WifiCore API",
    "VERSION": "1",
    "DESCRIPTION": "Prepaid WiFi and water for one tenant. The Host header names the tenant.",
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": True,
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices that several fields share, or whose fields share a name.
    "ENUM_NAME_OVERRIDES": {
        "ProviderEnum": ["africastalking"],
        "PaymentProviderEnum": ["mpesa", "paystack", "cash"],
        "ReceiptProviderEnum": ["mpesa"],
        "InboxDoorEnum": "transactions.payments.models.inbox.InboxDoor",
        "InboxOutcomeEnum": "transactions.payments.models.inbox.InboxOutcome",
        "SeverityEnum": ["info", "warning", "critical"],
        "SupportStateEnum": ["open", "ended", "expired"],
        "TaskStateEnum": "wificore.notifications.models.work.TaskState",
        "SentStateEnum": "wificore.notifications.models.inbox.DeliveryState",
        "DeliveryStateEnum": "wificore.webhooks.models.DeliveryState",
        "JobStateEnum": "wificore.jobs.models.JobState",
        "PayEnum": "transactions.tills.models.Pay",
        "DrawerEnum": ["cash"],
        "BundleKindEnum": "transactions.water.models.bundles.BundleKind",
        "KioskStateEnum": "transactions.water.models.kiosks.KioskState",
        "TagStateEnum": "transactions.water.models.tags.TagState",
        "SignalEnum": [
            *("leak", "dry_run", "low_flow", "tamper", "silent", "totalizer_backwards"),
            *("tag_two_places", "gap", "unexplained"),
        ],
        "VoucherStateEnum": "radius.vouchers.models.State",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True},
}
