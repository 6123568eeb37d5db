-- Who may see which router (TENANCY 2, row-level security).

-- name: check_tenant
-- The value becomes an SQL identifier in FreeRADIUS' query, so its shape is enforced here.
ALTER TABLE {schema}.nas_registry
    ADD CONSTRAINT nas_registry_tenant CHECK (tenant ~ '^ts_[a-z0-9_]{1,40}$');

-- name: check_address
-- One address, never a network.
ALTER TABLE {schema}.nas_registry
    ADD CONSTRAINT nas_registry_address
    CHECK (masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END);

-- name: enable
-- Row security for everybody but superusers...
ALTER TABLE {schema}.nas_registry ENABLE ROW LEVEL SECURITY;

-- name: force
-- ...the owner included.
ALTER TABLE {schema}.nas_registry FORCE ROW LEVEL SECURITY;

-- name: tenant_policy
-- A tenant sees and writes its own rows.
CREATE POLICY tenant_rows ON {schema}.nas_registry TO wc_tenant
    USING (tenant = current_user) WITH CHECK (tenant = current_user);

-- name: platform_policy
-- The owner (whose functions and migrations read it) and the platform see all rows.
CREATE POLICY all_rows ON {schema}.nas_registry TO wc_owner, wc_platform
    USING (true) WITH CHECK (true);
