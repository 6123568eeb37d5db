"""What the tenancy layer costs: one list endpoint, ours, stock django-tenants, plain Django.

The same model, serializer, view and gunicorn each time (`project/`); only middleware, backend and
the number of schemas differ. Measured with one tenant (nothing changes on a kept connection) and
with the tenants in turn (everything changes with each request).

    make bench ARGS=tenancy          or  python -m benchmarks.tenancy --rounds 5
"""

from .table import main

__all__ = ["main"]
