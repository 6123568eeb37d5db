"""The WSGI application that gunicorn serves (process `web`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wificore.settings.prod")

application = get_wsgi_application()

from wificore.kernel.db.boot import refuse_mixing_pools  # noqa: E402  # Django must be set up

refuse_mixing_pools()
