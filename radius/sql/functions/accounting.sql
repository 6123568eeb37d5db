-- Accounting batches (RADIUS 3, 4 and 6).
--
--     staging table -> rows in order -> segments -> per session: old row + records -> new row
--
-- A segment is a run of records in which order does not matter beyond what one aggregate can see:
-- it holds no Accounting-On/Off, and each session's records are Starts, then interims, then Stops
-- of one day. So a whole segment is applied by one statement, and a batch is nearly always one
-- segment.
--
-- Plans are the danger here (measured: nested loops over unanalysed rows fell under 500 records/s).
-- So every look-up in a table that grows is a LATERAL with LIMIT or OFFSET 0, or an ON CONFLICT:
-- neither has a join order to choose; scans of growing tables are switched off, and JIT with them,
-- which would compile every statement whose cost such a switch inflates.

-- name: wc_accounting_rows
-- This tenant's records of the staging table, in order, with keys, clamped times and full counters.
-- The key is what FreeRADIUS' own acct_unique takes: user (its case folded, a Stop may spell it
-- differently), router (its source address, nothing it says of itself) and session id. Times are
-- judged against the moment the server received the packet, not now: a backlog is not late.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_rows() RETURNS public.wc_accounting_row[]
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
            SELECT s.*, row_number() OVER (ORDER BY s.ctid) AS n,
                CASE s.status WHEN 'Interim-Update' THEN 'I' WHEN 'Alive' THEN 'I'
                    WHEN 'Start' THEN 'S' WHEN 'Stop' THEN 'P'
                    WHEN 'Accounting-On' THEN 'O' WHEN 'Accounting-Off' THEN 'O' END AS event_type,
                CASE WHEN s.received BETWEEN v_now - 2592000 AND v_now + 3600
                    THEN s.received ELSE v_now END AS server_time
            FROM pg_temp.wc_accounting_stage s
            WHERE s.tenant = {schema_literal} AND s.status IN ('Start', 'Interim-Update', 'Alive',
                'Stop', 'Accounting-On', 'Accounting-Off')
        ) t
    ) r;
    RETURN v_rows;
END
$$

-- name: wc_accounting_cuts
-- The places where a new segment begins, in order. A record needs a new segment when an earlier one
-- of its session in the same segment forbids its place (see the head of this file); after
-- Accounting-On/Off there is always one.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_cuts(p_rows public.wc_accounting_row[])
RETURNS integer[]
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_cuts integer[] := '{}';
    v_begin integer := 1;
    v_conflict record;
BEGIN
    FOR v_conflict IN
        SELECT x.n, x.before FROM (
            SELECT r.n, r.event, r.at,
                CASE WHEN r.event = 'O' THEN r.n ELSE lag(r.n) OVER w END AS before,
                lag(r.event) OVER w AS event_before, lag(r.at) OVER w AS at_before
            FROM unnest(p_rows) r
            WINDOW w AS (PARTITION BY r.key ORDER BY r.n)
        ) x
        WHERE x.event = 'O' OR (x.before IS NOT NULL AND (
            (x.event = 'S' AND (x.event_before <> 'S' OR x.at > x.at_before))
            OR (x.event <> 'P' AND x.event_before = 'P')
            OR (x.at AT TIME ZONE 'UTC')::date <> (x.at_before AT TIME ZONE 'UTC')::date))
        ORDER BY x.n
    LOOP
        IF v_conflict.before >= v_begin THEN
            v_begin := v_conflict.n;
            v_cuts := v_cuts || v_begin;
        END IF;
    END LOOP;
    RETURN v_cuts;
END
$$

-- name: wc_starts_anew
-- Whether a Start at this time begins a new session under a key that is in use: routers count their
-- session ids from the beginning after a crash. p_guessed_at is NULL for a real stop.
CREATE OR REPLACE FUNCTION {schema}.wc_starts_anew(
    p_at timestamptz, p_update timestamptz, p_stop timestamptz, p_guessed_at timestamptz
) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
SELECT CASE
    WHEN p_stop IS NULL THEN p_at > p_update + interval '5 minutes'
    WHEN p_guessed_at IS NULL THEN p_at > p_stop + interval '5 minutes'
    ELSE p_at > greatest(p_guessed_at, p_stop) END
$$

-- name: wc_accounting_segment
-- Applies one segment in one statement: open sessions and daily usage.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_segment(
    p_rows public.wc_accounting_row[], p_keys text[], p_generations smallint[]
) RETURNS {schema}.wc_accounting_result
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_result {schema}.wc_accounting_result;
BEGIN
    WITH record AS (
        SELECT r.*, lag(r.n) OVER w IS NULL AS first, lead(r.n) OVER w IS NULL AS last,
            r.event = 'P' AND lag(r.event) OVER w IS DISTINCT FROM 'P' AS stop
        FROM unnest(p_rows) r
        WHERE r.event <> 'O' AND (p_keys IS NULL OR r.key = ANY (p_keys))
        WINDOW w AS (PARTITION BY r.key ORDER BY r.n)
    ), session AS (
        SELECT key, min(n) AS n, min(at) AS min_at, max(at) AS max_at,
            max(at) FILTER (WHERE event = 'I') AS interim_at,
            max(at) FILTER (WHERE stop) AS stop_at,
            max(session_time) FILTER (WHERE stop) AS stop_time,
            max(left(cause, 32)) FILTER (WHERE stop) AS cause,
            max(left(connect_info, 253)) FILTER (WHERE stop) AS connect_stop,
            max(session_time) AS seconds, max(octets_in) AS octets_in,
            max(octets_out) AS octets_out, bool_or(clamped) AS clamped,
            max(event) FILTER (WHERE first) AS event, max(at) FILTER (WHERE first) AS at,
            max(session_time) FILTER (WHERE first) AS age,
            max(nas) FILTER (WHERE first) AS nas,
            max(session_id) FILTER (WHERE first) AS session_id,
            max(username) FILTER (WHERE first) AS username,
            max(calling) FILTER (WHERE first) AS calling,
            max(called) FILTER (WHERE first) AS called,
            max(nas_identifier) FILTER (WHERE first) AS nas_identifier,
            max(port_id) FILTER (WHERE first) AS port_id,
            max(port_type) FILTER (WHERE first) AS port_type,
            max(service_type) FILTER (WHERE first) AS service_type,
            max(framed_protocol) FILTER (WHERE first) AS framed_protocol,
            max(authentic) FILTER (WHERE first) AS authentic,
            max(connect_info) FILTER (WHERE first) AS connect_start,
            max(framed_ip) FILTER (WHERE last) AS framed_ip,
            max(framed_ipv6) FILTER (WHERE last) AS framed_ipv6,
            max(framed_ipv6_prefix) FILTER (WHERE last) AS framed_ipv6_prefix,
            max(delegated_prefix) FILTER (WHERE last) AS delegated_prefix,
            max(interface_id) FILTER (WHERE last) AS interface_id,
            max(class) FILTER (WHERE last) AS class
        FROM record GROUP BY key ORDER BY min(n)
    ), met AS (
        SELECT s.*, o.*, o.old_id IS NULL AS made,
            o.old_stop IS NOT NULL AND NOT o.old_guessed AS ended,
            o.old_id IS NOT NULL AND (
                (s.event = 'S' AND {schema}.wc_starts_anew(
                    s.at, o.old_update, o.old_stop, o.old_guessed_at))
                OR (o.old_generation > 0 AND s.min_at < o.old_start)) AS deferred,
            coalesce(o.old_start, CASE WHEN s.event = 'S' THEN s.at
                ELSE s.at - make_interval(secs => least(coalesce(s.age, 0), 34560000)) END)
                AS start_at
        FROM session s LEFT JOIN LATERAL (
            SELECT p.radacctid AS old_id, p.username AS old_username,
                p.acctstarttime AS old_start, p.acctupdatetime AS old_update,
                p.acctstoptime AS old_stop, p.stop_guessed AS old_guessed,
                p.guessed_at AS old_guessed_at, p.generation AS old_generation,
                p.acctinputoctets AS old_in, p.acctoutputoctets AS old_out,
                p.acctsessiontime AS old_seconds, p.framedipaddress AS old_ip,
                p.framedipv6address AS old_ipv6, p.framedipv6prefix AS old_ipv6_prefix,
                p.delegatedipv6prefix AS old_delegated
            FROM {schema}.radacct_open p WHERE p.acctuniqueid = s.key LIMIT 1
        ) o ON true
    ), timed AS (
        SELECT m.*, CASE
            WHEN m.ended THEN m.old_stop
            WHEN m.stop_at IS NOT NULL THEN greatest(m.stop_at, m.start_at)
            WHEN m.old_stop IS NOT NULL
                AND m.interim_at >= m.old_guessed_at IS NOT TRUE
                THEN greatest(m.old_update, m.max_at)
            END AS new_stop
        FROM met m
    ), counted AS (
        SELECT t.*,
            CASE WHEN t.ended THEN t.old_update
                WHEN t.stop_at IS NOT NULL THEN t.new_stop
                ELSE greatest(t.old_update, t.max_at) END AS new_update,
            greatest(t.old_in, t.octets_in) AS new_in,
            greatest(t.old_out, t.octets_out) AS new_out,
            least(34560000, greatest(t.old_seconds, t.seconds, 0,
                CASE WHEN NOT t.ended AND t.stop_at IS NOT NULL AND t.stop_time IS NULL
                    THEN extract(epoch FROM t.new_stop - t.start_at)::bigint END)) AS new_seconds
        FROM timed t
    ), change AS MATERIALIZED (
        SELECT c.*, coalesce(c.old_id,
                nextval('{schema}.radacct_radacctid_seq')) AS id,
            coalesce(c.old_username, c.username) AS account
        FROM counted c
        WHERE NOT c.deferred AND (c.made OR (c.new_stop, c.new_in, c.new_out, c.new_seconds)
                IS DISTINCT FROM (c.old_stop, c.old_in,
                    c.old_out, c.old_seconds)
            OR (NOT c.ended AND (c.new_update IS DISTINCT FROM c.old_update
                OR (c.stop_at IS NOT NULL AND c.old_guessed)
                OR coalesce(c.framed_ip, c.old_ip)
                    IS DISTINCT FROM c.old_ip
                OR coalesce(c.framed_ipv6, c.old_ipv6)
                    IS DISTINCT FROM c.old_ipv6
                OR coalesce(c.framed_ipv6_prefix, c.old_ipv6_prefix)
                    IS DISTINCT FROM c.old_ipv6_prefix
                OR coalesce(c.delegated_prefix, c.old_delegated)
                    IS DISTINCT FROM c.old_delegated)))
    ), saved AS (
        INSERT INTO {schema}.radacct_open AS o (
            radacctid, acctsessionid, acctuniqueid, username, nasipaddress, nasidentifier,
            nasportid, nasporttype, acctstarttime, acctupdatetime, acctstoptime, acctinterval,
            acctsessiontime, acctauthentic, connectinfo_start, connectinfo_stop, acctinputoctets,
            acctoutputoctets, calledstationid, callingstationid, ssid, acctterminatecause,
            servicetype, framedprotocol, framedipaddress, framedipv6address, framedipv6prefix,
            framedinterfaceid, delegatedipv6prefix, class, time_clamped, stop_guessed, guessed_at,
            generation)
        SELECT id, session_id, key, username, nas, left(nas_identifier, 253), left(port_id, 253),
            left(port_type, 32), start_at, new_update, new_stop,
            nullif(greatest(extract(epoch FROM new_update - old_update), 0)::bigint, 0),
            new_seconds, left(authentic, 32), left(connect_start, 253), connect_stop,
            new_in, new_out, CASE WHEN made THEN left(public.wc_mac(called), 253) END,
            CASE WHEN made THEN left(public.wc_mac(calling), 253) END,
            CASE WHEN made THEN left(public.wc_ssid(called), 253) END, cause,
            left(service_type, 32), left(framed_protocol, 32), framed_ip, framed_ipv6,
            framed_ipv6_prefix, left(interface_id, 32), delegated_prefix, left(class, 512),
            clamped OR age > 34560000 IS TRUE,
            NOT ended AND stop_at IS NULL AND new_stop IS NOT NULL,
            CASE WHEN NOT ended AND stop_at IS NULL AND new_stop IS NOT NULL
                THEN old_guessed_at END,
            coalesce(p_generations[array_position(p_keys, key)], 0)
        FROM change
        ON CONFLICT (acctuniqueid) DO UPDATE SET
            acctupdatetime = excluded.acctupdatetime, acctstoptime = excluded.acctstoptime,
            acctinterval = coalesce(excluded.acctinterval, o.acctinterval),
            acctsessiontime = excluded.acctsessiontime,
            acctinputoctets = excluded.acctinputoctets,
            acctoutputoctets = excluded.acctoutputoctets,
            acctterminatecause = CASE
                WHEN excluded.acctstoptime IS NULL THEN NULL
                WHEN excluded.stop_guessed OR (o.acctstoptime IS NOT NULL AND NOT o.stop_guessed)
                    THEN o.acctterminatecause
                ELSE excluded.acctterminatecause END,
            connectinfo_stop = coalesce(o.connectinfo_stop, excluded.connectinfo_stop),
            framedipaddress = coalesce(excluded.framedipaddress, o.framedipaddress),
            framedipv6address = coalesce(excluded.framedipv6address, o.framedipv6address),
            framedipv6prefix = coalesce(excluded.framedipv6prefix, o.framedipv6prefix),
            delegatedipv6prefix = coalesce(excluded.delegatedipv6prefix, o.delegatedipv6prefix),
            framedinterfaceid = coalesce(excluded.framedinterfaceid, o.framedinterfaceid),
            class = coalesce(excluded.class, o.class),
            time_clamped = o.time_clamped OR excluded.time_clamped,
            stop_guessed = excluded.stop_guessed, guessed_at = excluded.guessed_at
    ), used AS (
        INSERT INTO {schema}.usage_daily AS u
            (username, day, octets_in, octets_out, seconds, sessions)
        SELECT account, (at AT TIME ZONE 'UTC')::date,
            sum(new_in - coalesce(old_in, 0)),
            sum(new_out - coalesce(old_out, 0)),
            sum(new_seconds - coalesce(old_seconds, 0)), count(*) FILTER (WHERE made)
        FROM change WHERE account IS NOT NULL
        GROUP BY 1, 2
        ON CONFLICT (username, day) DO UPDATE SET
            octets_in = u.octets_in + excluded.octets_in,
            octets_out = u.octets_out + excluded.octets_out,
            seconds = u.seconds + excluded.seconds, sessions = u.sessions + excluded.sessions
    )
    SELECT (SELECT array_agg(key) FROM met WHERE deferred),
        array_agg(key) FILTER (WHERE made AND event <> 'P'),
        array_agg(old_stop) FILTER (WHERE old_stop IS NOT NULL),
        array_agg(id) FILTER (WHERE old_stop IS NOT NULL),
        array_agg(key) FILTER (WHERE new_stop IS NOT NULL)
    INTO v_result FROM change;
    RETURN v_result;
END
$$

-- name: wc_accounting_follow
-- What follows a segment's statement: history rows, and older sessions of the same devices.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_follow(
    p_rows public.wc_accounting_row[], p_result {schema}.wc_accounting_result
) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    FOR i IN 1 .. coalesce(cardinality(p_result.gone_ids), 0) LOOP
        PERFORM {schema}.wc_history_remove(p_result.gone_stops[i], p_result.gone_ids[i]);
    END LOOP;
    IF p_result.ended IS NOT NULL THEN
        PERFORM {schema}.wc_history_append(p_result.ended);
    END IF;
    IF p_result.made IS NOT NULL THEN
        PERFORM {schema}.wc_sessions_supersede(p_rows, p_result.made);
    END IF;
END
$$

-- name: wc_accounting_apply
-- Applies one segment; then, one by one, the few sessions whose key is used again: a Start begins
-- the key's next generation, and late packets of an earlier one (older than its start) are dropped.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_apply(p_rows public.wc_accounting_row[])
RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_result {schema}.wc_accounting_result;
    v_key text;
    v_old {schema}.radacct_open;
    v_first public.wc_accounting_row;
    v_since timestamptz;
    v_generation smallint;
    v_generations smallint[] := '{}';
    v_rows public.wc_accounting_row[] := '{}';
BEGIN
    v_result := {schema}.wc_accounting_segment(p_rows, NULL, NULL);
    PERFORM {schema}.wc_accounting_follow(p_rows, v_result);
    IF v_result.deferred IS NULL THEN
        RETURN;
    END IF;
    FOREACH v_key IN ARRAY v_result.deferred LOOP
        SELECT * INTO v_old FROM {schema}.radacct_open WHERE acctuniqueid = v_key;
        SELECT r.* INTO v_first FROM unnest(p_rows) r WHERE r.key = v_key ORDER BY r.n LIMIT 1;
        v_generation := v_old.generation;
        v_since := v_old.acctstarttime;
        IF v_first.event = 'S' AND {schema}.wc_starts_anew(
            v_first.at, v_old.acctupdatetime, v_old.acctstoptime, v_old.guessed_at) THEN
            PERFORM {schema}.wc_sessions_end(ARRAY[v_key], 'NAS-Reboot', NULL);
            DELETE FROM {schema}.radacct_open WHERE acctuniqueid = v_key;
            v_generation := v_generation + 1;
            v_since := v_first.at;
        END IF;
        v_generations := v_generations || v_generation;
        v_rows := v_rows || ARRAY(SELECT r FROM unnest(p_rows) r
            WHERE r.key = v_key AND r.at >= v_since ORDER BY r.n);
    END LOOP;
    v_result := {schema}.wc_accounting_segment(v_rows, v_result.deferred, v_generations);
    PERFORM {schema}.wc_accounting_follow(v_rows, v_result);
END
$$

-- name: wc_accounting_batch_v1
-- Applies this tenant's records of the staging table; returns how many there were. One batch or
-- healing of a tenant at a time.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_batch_v1() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off SET work_mem = '64MB' AS $$
DECLARE
    v_rows public.wc_accounting_row[];
    v_cuts integer[];
    v_begin integer := 1;
    v_end integer;
BEGIN
    PERFORM public.wc_stage_owned('pg_temp.wc_accounting_stage');
    PERFORM pg_advisory_xact_lock(hashtextextended({schema_literal} || '.sessions', 0));
    v_rows := {schema}.wc_accounting_rows();
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
