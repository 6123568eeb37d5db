-- A tenant's batches, handed to its functions as values (ADR 24). The _v1 functions read the staging
-- table themselves; they stay until no ingester of the former release runs.

-- name: wc_accounting_rows
-- A tenant's lines as records, in order, with keys, clamped times and full counters.
-- The key is what FreeRADIUS' own acct_unique takes: user (its case folded, a Stop may spell it
-- differently), router (its source address, nothing it says of itself) and session id. Times are
-- judged against the moment the server received the packet, not now: a backlog is not late.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_rows(p_lines public.wc_accounting_line[])
RETURNS public.wc_accounting_row[]
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_now bigint := extract(epoch FROM now());
    v_rows public.wc_accounting_row[];
BEGIN
    SELECT array_agg(ROW(
        r.n, r.event_type,
        md5(host(r.nas) || E'\n' || length(r.session_id) || ':' || r.session_id
            || lower(coalesce(r.username, '') COLLATE "C")),
        to_timestamp(CASE WHEN r.clamped THEN r.server_time ELSE r.event END), r.clamped,
        r.nas, left(r.session_id, 253), left(r.username, 253), r.calling, r.called,
        r.nas_identifier, r.port_id, r.port_type, r.session_time,
        coalesce(r.gigawords_in, 0) * 4294967296 + coalesce(r.octets_in, 0),
        coalesce(r.gigawords_out, 0) * 4294967296 + coalesce(r.octets_out, 0),
        r.cause, r.framed_ip, r.framed_ipv6, r.framed_ipv6_prefix, r.delegated_prefix,
        r.interface_id, r.service_type, r.framed_protocol, r.authentic, r.connect_info, r.class
    )::public.wc_accounting_row ORDER BY r.n) INTO v_rows
    FROM (
        SELECT t.*, coalesce(t.event NOT BETWEEN t.server_time - 604800 AND t.server_time + 3600,
            true) AS clamped
        FROM (
            SELECT s.*, row_number() OVER (ORDER BY s.place) AS n,
                CASE s.status WHEN 'Interim-Update' THEN 'I' WHEN 'Alive' THEN 'I'
                    WHEN 'Start' THEN 'S' WHEN 'Stop' THEN 'P'
                    WHEN 'Accounting-On' THEN 'O' WHEN 'Accounting-Off' THEN 'O' END AS event_type,
                CASE WHEN s.received BETWEEN v_now - 2592000 AND v_now + 3600
                    THEN s.received ELSE v_now END AS server_time
            FROM unnest(p_lines) WITH ORDINALITY AS s(received, event, nas, status, session_id,
                username, calling, called, nas_identifier, port_id, port_type, session_time,
                octets_in, gigawords_in, octets_out, gigawords_out, cause, framed_ip, framed_ipv6,
                framed_ipv6_prefix, delegated_prefix, interface_id, service_type, framed_protocol,
                authentic, connect_info, class, place)
            WHERE s.status IN ('Start', 'Interim-Update', 'Alive', 'Stop', 'Accounting-On',
                'Accounting-Off')
        ) t
    ) r;
    RETURN v_rows;
END
$$

-- name: wc_accounting_batch_v2
-- Applies this tenant's lines; returns how many there were. One batch or healing of a tenant at a
-- time.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_batch_v2(p_lines public.wc_accounting_line[])
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    v_rows public.wc_accounting_row[];
    v_cuts integer[];
    v_begin integer := 1;
    v_end integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended({schema_literal} || '.sessions', 0));
    v_rows := {schema}.wc_accounting_rows(p_lines);
    v_cuts := {schema}.wc_accounting_cuts(v_rows);
    IF cardinality(v_cuts) = 0 AND v_rows IS NOT NULL THEN
        PERFORM {schema}.wc_accounting_apply(v_rows);
        RETURN cardinality(v_rows);
    END IF;
    FOREACH v_end IN ARRAY v_cuts || (coalesce(cardinality(v_rows), 0) + 1) LOOP
        IF v_rows[v_begin].event = 'O' THEN
            PERFORM {schema}.wc_nas_restarted(v_rows[v_begin].nas, v_rows[v_begin].at);
            v_begin := v_begin + 1;
        END IF;
        IF v_end > v_begin THEN
            PERFORM {schema}.wc_accounting_apply(v_rows[v_begin:v_end - 1]);
        END IF;
        v_begin := v_end;
    END LOOP;
    RETURN coalesce(cardinality(v_rows), 0);
END
$$

-- name: wc_postauth_batch_v2
-- Appends this tenant's lines to radpostauth, and rejects to the outbox; returns how many. Long
-- fields are cut, MACs are spelled one way, and there is no password in a line. Two statements,
-- because most batches hold no reject.
CREATE OR REPLACE FUNCTION {schema}.wc_postauth_batch_v2(p_lines public.wc_postauth_line[])
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET timezone = 'UTC' AS $$
DECLARE
    v_now bigint := extract(epoch FROM now());
    v_count bigint;
    v_rejects {schema}.radpostauth[];
BEGIN
    WITH stored AS (
        INSERT INTO {schema}.radpostauth (username, reply, reason, callingstationid,
            calledstationid, ssid, nasipaddress, nasidentifier, nasportid, authdate)
        SELECT left(coalesce(s.username, ''), 253), left(s.reply, 32), left(s.reason, 128),
            left(public.wc_mac(s.calling), 253), left(public.wc_mac(s.called), 253),
            left(public.wc_ssid(s.called), 253), s.nas, left(s.nas_identifier, 253),
            left(s.port_id, 253), CASE
                WHEN s.received BETWEEN v_now - 2592000 AND v_now + 3600
                THEN to_timestamp(s.received) ELSE now() END
        FROM unnest(p_lines) s
        RETURNING *
    )
    SELECT count(*), array_agg(ROW(l.*)::{schema}.radpostauth) FILTER (
        WHERE l.reply = 'Access-Reject')
    INTO v_count, v_rejects FROM stored l;
    IF v_rejects IS NOT NULL THEN
        INSERT INTO public.events_outbox (tenant, type, subject, payload)
        SELECT {schema_literal}, 'login.rejected', l.username, jsonb_build_object(
            'id', to_char(l.authdate, 'YYYYMMDD') || '.' || l.id, 'username', l.username,
            'reason', l.reason, 'nas_address', host(l.nasipaddress), 'mac', l.callingstationid,
            'ssid', l.ssid, 'at', l.authdate)
        FROM unnest(v_rejects) l ORDER BY l.id;
    END IF;
    RETURN v_count;
END
$$
