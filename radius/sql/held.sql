-- Records that a tenant's schema could not take: kept here, in order, until it can (ADR 8).

-- name: create_spool_held
-- Per spool and tenant that is held back; gone when it has caught up. Everything of the tenant
-- received up to `watermark` is applied; `records` wait.
CREATE TABLE {schema}.spool_held (
    spool varchar(32) NOT NULL,
    tenant varchar(63) NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    watermark timestamptz NOT NULL,
    records bigint NOT NULL CHECK (records >= 0),
    attempts integer NOT NULL DEFAULT 0,
    tried_at timestamptz NOT NULL DEFAULT now(),
    error varchar(500) NOT NULL,
    PRIMARY KEY (spool, tenant)
) WITH (fillfactor = 50)

-- name: create_spool_held_record
-- The spool's lines as they were, in the order of `id`.
CREATE TABLE {schema}.spool_held_record (
    spool varchar(32) NOT NULL,
    tenant varchar(63) NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    line text NOT NULL,
    PRIMARY KEY (spool, tenant, id)
)

-- name: secure_spool_held
-- Row security for everybody but superusers, the owner included: the platform sees who is held.
ALTER TABLE {schema}.spool_held ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: policy_spool_held
CREATE POLICY all_rows ON {schema}.spool_held TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)

-- name: secure_spool_held_record
-- Nobody but the owner, whose functions the ingester calls, sees a record.
ALTER TABLE {schema}.spool_held_record ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: policy_spool_held_record
CREATE POLICY all_rows ON {schema}.spool_held_record TO wc_owner
    USING (true) WITH CHECK (true)
