-- What a tenant's batch functions are handed: its lines of a staging table, as values (ADR 24).

-- name: create_accounting_line
-- A line of the accounting spool, fields as in wc_accounting_stage.
CREATE TYPE {schema}.wc_accounting_line AS (
    received bigint, event bigint, nas inet, status text, session_id text, username text,
    calling text, called text, nas_identifier text, port_id text, port_type text,
    session_time bigint, octets_in bigint, gigawords_in bigint, octets_out bigint,
    gigawords_out bigint, cause text, framed_ip inet, framed_ipv6 inet, framed_ipv6_prefix inet,
    delegated_prefix inet, interface_id text, service_type text, framed_protocol text,
    authentic text, connect_info text, class text
)

-- name: create_postauth_line
-- A line of the login spool, fields as in wc_postauth_stage.
CREATE TYPE {schema}.wc_postauth_line AS (
    received bigint, nas inet, username text, reply text, reason text, calling text, called text,
    port_id text, nas_identifier text
)
