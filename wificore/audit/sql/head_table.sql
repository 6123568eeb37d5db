-- The newest seal of each schema as the platform knows it (ADR 12).

-- name: create_audit_head
-- A tenant's own role may not write here, so that a chain whose newest seals were cut off does not
-- pass for whole. `upto` moves on while a tenant is quiet. One row a schema, changed every minute.
CREATE TABLE {schema}.audit_head (
    tenant varchar(63) PRIMARY KEY CHECK (tenant ~ '^(public|ts_[a-z0-9_]{1,40})$'),
    seq bigint NOT NULL,
    seal bytea NOT NULL,
    upto timestamptz NOT NULL,
    remade_at timestamptz,
    key_id varchar(64) NOT NULL,
    mac bytea NOT NULL
) WITH (fillfactor = 50)

-- name: secure_audit_head
-- Row security for everybody but superusers, the owner included.
ALTER TABLE {schema}.audit_head ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: audit_head_tenant
-- For the day when tenants may read their own; they have no right on the table yet.
CREATE POLICY tenant_rows ON {schema}.audit_head FOR SELECT TO wc_tenant
    USING (tenant = current_user)

-- name: audit_head_all
-- The sealing job works as wc_platform here; a deleted tenant's row is the owner's to delete.
CREATE POLICY all_rows ON {schema}.audit_head TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)
