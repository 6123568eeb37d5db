-- What all tenants share: where the ingester stands, and the doors through which wc_radius hands
-- its batches over.

-- name: create_spool_checkpoint
-- How far each spool file has been applied; moved in the batch's own transaction.
CREATE TABLE {schema}.spool_checkpoint (
    spool varchar(32) NOT NULL,
    file varchar(64) NOT NULL,
    position bigint NOT NULL CHECK (position >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (spool, file)
) WITH (fillfactor = 50)

-- name: create_spool_state
-- Per spool: everything received up to `watermark` is applied; totals since the beginning.
CREATE TABLE {schema}.spool_state (
    spool varchar(32) PRIMARY KEY,
    watermark timestamptz NOT NULL DEFAULT '-infinity',
    applied bigint NOT NULL DEFAULT 0,
    quarantined bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50)

-- name: create_accounting_row
-- One accounting record as the batch function works on it; `n` is its place in the batch, `event`
-- S(tart), I(nterim), P (stop) or O(n/off), `at` the clamped event time.
CREATE TYPE {schema}.wc_accounting_row AS (
    n integer, event text, key text, at timestamptz, clamped boolean, nas inet, session_id text,
    username text, calling text, called text, nas_identifier text, port_id text, port_type text,
    session_time bigint, octets_in bigint, octets_out bigint, cause text, framed_ip inet,
    framed_ipv6 inet, framed_ipv6_prefix inet, delegated_prefix inet, interface_id text,
    service_type text, framed_protocol text, authentic text, connect_info text, class text
)
