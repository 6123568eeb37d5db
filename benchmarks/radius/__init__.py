"""The RADIUS side beside stock rlm_sql: logins, and accounting sustained to rows.

    generator -> radiusd, Debian's own configuration  -> rlm_sql -> one schema, stock tables
              -> radiusd, ours -> wc_authorize_v1, spools -> ingester -> a schema a tenant

Both run at once on one PostgreSQL with its usual durability, and are loaded in turns, so that what
else the machine does meets both. Accounts, routers, packets and the load generator are the same.

    make bench ARGS=radius          or  python -m benchmarks.radius --tenants 1 --rounds 5
"""

from .table import main

__all__ = ["main"]
