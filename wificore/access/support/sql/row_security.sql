-- Who may see which support session (TENANCY 2, row-level security).

-- name: enable
-- Row security for everybody but superusers, the owner included.
ALTER TABLE {schema}.support_session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: tenant_policy
-- A tenant sees and ends sessions in its own schema; grants.py gives it neither INSERT nor DELETE.
CREATE POLICY tenant_rows ON {schema}.support_session TO wc_tenant
    USING (tenant = current_user) WITH CHECK (tenant = current_user)

-- name: platform_policy
-- The platform opens them, and sees all.
CREATE POLICY all_rows ON {schema}.support_session TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)
