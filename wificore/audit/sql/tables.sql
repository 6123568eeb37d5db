-- The audit trail of one schema.

-- name: create_audit_entry
-- Append-only: the roles that write here may neither change nor delete. The hash chain that seals
-- it is a table of its own, written later by one job, so that writers never wait for each other.
CREATE TABLE {schema}.audit_entry (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_kind varchar(16) NOT NULL CHECK (actor_kind IN ('user', 'anonymous', 'system')),
    actor_id varchar(64) NOT NULL DEFAULT '',
    actor_name varchar(254) NOT NULL DEFAULT '',
    actor_token varchar(64) NOT NULL DEFAULT '',
    address inet,
    user_agent varchar(200) NOT NULL DEFAULT '',
    request_id varchar(64) NOT NULL DEFAULT '',
    action varchar(64) NOT NULL,
    object_type varchar(64) NOT NULL,
    object_id varchar(253) NOT NULL,
    old jsonb,
    new jsonb,
    reason varchar(500) NOT NULL DEFAULT '',
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at)

-- name: index_audit_object
-- The history of one object.
CREATE INDEX audit_entry_object ON {schema}.audit_entry (object_type, object_id, at)
