-- Who may see which realtime app (TENANCY 2, row-level security).

-- name: enable
-- Row security for everybody but superusers, the owner included.
ALTER TABLE {schema}.realtime_app ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: tenant_policy
-- A tenant sees and changes its own; grants.py gives it neither INSERT nor DELETE.
CREATE POLICY tenant_rows ON {schema}.realtime_app TO wc_tenant
    USING (tenant = current_user) WITH CHECK (tenant = current_user)

-- name: platform_policy
-- The platform, as which the realtime process looks keys up, and the owner see all.
CREATE POLICY all_rows ON {schema}.realtime_app TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)
