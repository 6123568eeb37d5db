-- The outbox, the event log and how far each tenant's stream has come.

-- name: create_outbox
-- Events between the transaction that published them and the relay, which takes them out within a
-- fraction of a second. A busy small table: it is vacuumed by its number of dead rows.
CREATE TABLE {schema}.events_outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant varchar(63) NOT NULL CHECK (tenant ~ '^(public|ts_[a-z0-9_]{1,40})$'),
    type varchar(64) NOT NULL CHECK (type ~ '^[a-z_]+([.][a-z_]+)+$'),
    subject varchar(253) NOT NULL DEFAULT '',
    payload jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(payload) = 'object'),
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0)

-- name: secure_outbox
-- Row security for everybody but superusers, the owner included.
ALTER TABLE {schema}.events_outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: outbox_tenant
-- A tenant publishes in its own name and reads nothing, not even what it wrote.
CREATE POLICY tenant_rows ON {schema}.events_outbox FOR INSERT TO wc_tenant
    WITH CHECK (tenant = current_user)

-- name: outbox_all
-- The relay works as wc_platform; the functions of the ingester as wc_owner.
CREATE POLICY all_rows ON {schema}.events_outbox TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)

-- name: create_log
-- Every event in the order of its schema's stream, written by the relay alone.
CREATE TABLE {schema}.events_log (
    tenant varchar(63) NOT NULL,
    seq bigint NOT NULL,
    id bigint NOT NULL,
    type varchar(64) NOT NULL,
    subject varchar(253) NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamptz NOT NULL,
    logged_at timestamptz NOT NULL,
    PRIMARY KEY (tenant, seq, logged_at)
) PARTITION BY RANGE (logged_at)

-- name: secure_log
-- As the outbox.
ALTER TABLE {schema}.events_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: log_tenant
-- For the day when tenants may read their own events; they have no right on the table yet.
CREATE POLICY tenant_rows ON {schema}.events_log FOR SELECT TO wc_tenant
    USING (tenant = current_user)

-- name: log_all
-- The relay.
CREATE POLICY all_rows ON {schema}.events_log TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)

-- name: create_stream
-- One row a schema: the last number given out, and the last one that was published. The row's lock
-- puts the stream in order: a number is seen only after all lower ones.
CREATE TABLE {schema}.events_stream (
    tenant varchar(63) PRIMARY KEY,
    seq bigint NOT NULL,
    published bigint NOT NULL DEFAULT 0,
    CHECK (published <= seq)
) WITH (fillfactor = 50)

-- name: index_stream
-- Streams that still have something to publish: nearly always none.
CREATE INDEX events_stream_behind ON {schema}.events_stream (tenant) WHERE published < seq

-- name: secure_stream
-- As the outbox.
ALTER TABLE {schema}.events_stream ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: stream_all
-- Nobody but the relay.
CREATE POLICY all_rows ON {schema}.events_stream TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)

-- name: create_undelivered
-- Events that a handler refused again and again; the stream went on without it.
CREATE TABLE {schema}.events_undelivered (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant varchar(63) NOT NULL,
    seq bigint NOT NULL,
    event_id bigint NOT NULL,
    type varchar(64) NOT NULL,
    handler varchar(200) NOT NULL,
    error varchar(1000) NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
)

-- name: secure_undelivered
-- As the outbox.
ALTER TABLE {schema}.events_undelivered ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY

-- name: undelivered_all
-- Nobody but the relay.
CREATE POLICY all_rows ON {schema}.events_undelivered TO wc_owner, wc_platform
    USING (true) WITH CHECK (true)

-- name: create_relay
-- How the relay is: one row, written at most once a second. No row or an old `beat_at`: it is not
-- running. `lag_s` is the age of the oldest event not yet published, 0 if there is none.
CREATE TABLE {schema}.events_relay (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    beat_at timestamptz NOT NULL,
    lag_s double precision NOT NULL,
    backlog bigint NOT NULL,
    published bigint NOT NULL,
    error varchar(500) NOT NULL DEFAULT ''
) WITH (fillfactor = 50)
