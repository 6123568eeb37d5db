-- How sessions end without a Stop of their own, and their rows in history. An ending is guessed: at
-- the last update, never "now", which would inflate time quotas (RADIUS 3.10). Look-ups are written
-- as in accounting.sql, so that there is no join order to choose.

-- name: wc_history_append
-- Writes the ended ones of these sessions to history.
CREATE OR REPLACE FUNCTION {schema}.wc_history_append(p_keys text[]) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    INSERT INTO {schema}.radacct
    SELECT o.radacctid, o.acctsessionid,
        CASE WHEN o.generation = 0 THEN o.acctuniqueid
            ELSE md5(o.acctuniqueid || ':' || extract(epoch FROM o.acctstarttime)) END,
        o.username, o.realm, o.nasipaddress, o.nasidentifier, o.nasportid, o.nasporttype,
        o.acctstarttime, o.acctupdatetime, o.acctstoptime, o.acctinterval, o.acctsessiontime,
        o.acctauthentic, o.connectinfo_start, o.connectinfo_stop, o.acctinputoctets,
        o.acctoutputoctets, o.calledstationid, o.callingstationid, o.ssid, o.acctterminatecause,
        o.servicetype, o.framedprotocol, o.framedipaddress, o.framedipv6address, o.framedipv6prefix,
        o.framedinterfaceid, o.delegatedipv6prefix, o.class, o.time_clamped, o.stop_guessed
    FROM unnest(p_keys) k CROSS JOIN LATERAL (
        SELECT * FROM {schema}.radacct_open p WHERE p.acctuniqueid = k LIMIT 1
    ) o WHERE o.acctstoptime IS NOT NULL;
END
$$

-- name: wc_history_remove
-- Takes one session's row back. Planned each time for its one partition: rare, and a kept plan
-- would lock all partitions.
CREATE OR REPLACE FUNCTION {schema}.wc_history_remove(p_stop timestamptz, p_id bigint)
RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    DELETE FROM {schema}.radacct WHERE acctstoptime = p_stop AND radacctid = p_id;
END
$$

-- name: wc_sessions_end
-- Ends those of these sessions that are open, at their last update: a guessed stop, which a real
-- Stop disproves, or an interim from p_guessed_at on (key -> time; without one, any later interim).
CREATE OR REPLACE FUNCTION {schema}.wc_sessions_end(
    p_keys text[], p_cause text, p_guessed_at jsonb
) RETURNS integer
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_ended text[];
BEGIN
    WITH ended AS (
        UPDATE {schema}.radacct_open SET acctstoptime = acctupdatetime, stop_guessed = true,
            acctterminatecause = p_cause, guessed_at = coalesce(
                (p_guessed_at ->> acctuniqueid)::timestamptz,
                acctupdatetime + interval '1 second')
        WHERE acctuniqueid = ANY (p_keys) AND acctstoptime IS NULL
        RETURNING acctuniqueid
    ) SELECT array_agg(acctuniqueid) INTO v_ended FROM ended;
    PERFORM {schema}.wc_history_append(v_ended);
    RETURN coalesce(cardinality(v_ended), 0);
END
$$

-- name: wc_accounting_news
-- A segment's sessions by key: place of the first record, place and time of the last interim. One
-- pass, so that looking up many sessions does not read the segment as often.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_news(p_rows public.wc_accounting_row[])
RETURNS jsonb
LANGUAGE sql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
SELECT jsonb_object_agg(s.key, jsonb_build_object('first', s.first, 'last', s.last, 'at', s.at))
FROM (
    SELECT r.key, min(r.n) AS first, max(r.n) FILTER (WHERE r.event = 'I') AS last,
        max(r.at) FILTER (WHERE r.event = 'I') AS at
    FROM unnest(p_rows) r WHERE r.key IS NOT NULL GROUP BY r.key
) s
$$

-- name: wc_sessions_supersede
-- A new session of the same user and device ends the older open ones (roaming, or a lost Stop).
-- Five minutes are for routers whose clocks differ; a session that an interim of this segment
-- shows alive after the new one began stays open.
CREATE OR REPLACE FUNCTION {schema}.wc_sessions_supersede(
    p_rows public.wc_accounting_row[], p_made text[]
) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_keys text[];
    v_newer text[];
    v_since timestamptz[];
    v_news jsonb;
    v_ended jsonb;
BEGIN
    SELECT array_agg(o.acctuniqueid ORDER BY made.place), array_agg(m.acctuniqueid ORDER BY
        made.place), array_agg(m.acctstarttime ORDER BY made.place)
    INTO v_keys, v_newer, v_since
    FROM unnest(p_made) WITH ORDINALITY AS made(key, place)
    CROSS JOIN LATERAL (
        SELECT * FROM {schema}.radacct_open p WHERE p.acctuniqueid = made.key LIMIT 1
    ) m
    CROSS JOIN LATERAL (
        SELECT p.acctuniqueid FROM {schema}.radacct_open p
        WHERE p.acctstoptime IS NULL AND p.username = m.username
            AND p.callingstationid = m.callingstationid AND p.radacctid < m.radacctid
            AND p.acctstarttime <= m.acctstarttime + interval '5 minutes' OFFSET 0
    ) o;
    IF v_keys IS NULL THEN
        RETURN;
    END IF;
    v_news := {schema}.wc_accounting_news(p_rows);
    SELECT jsonb_object_agg(o.key, o.since) INTO v_ended FROM (
        SELECT DISTINCT ON (v.key) v.key, v.since
        FROM unnest(v_keys, v_newer, v_since) WITH ORDINALITY AS v(key, newer, since, place)
        WHERE ((v_news #>> ARRAY[v.key, 'at'])::timestamptz >= v.since
            AND (v_news #>> ARRAY[v.key, 'last'])::integer
                > (v_news #>> ARRAY[v.newer, 'first'])::integer) IS NOT TRUE
        ORDER BY v.key, v.place
    ) o;
    PERFORM {schema}.wc_sessions_end(
        ARRAY(SELECT jsonb_object_keys(v_ended)), 'Superseded', v_ended);
END
$$

-- name: wc_nas_restarted
-- Accounting-On/Off ends what this router had open, at its last update. Sessions that began later,
-- by the router's own clock, are not concerned: the packet is a late one.
CREATE OR REPLACE FUNCTION {schema}.wc_nas_restarted(p_nas inet, p_at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_open jsonb;
BEGIN
    SELECT jsonb_object_agg(o.acctuniqueid, p_at) INTO v_open
    FROM {schema}.radacct_open o
    WHERE o.acctstoptime IS NULL AND o.nasipaddress = p_nas AND o.acctstarttime <= p_at;
    IF v_open IS NOT NULL THEN
        PERFORM {schema}.wc_sessions_end(
            ARRAY(SELECT jsonb_object_keys(v_open)), 'NAS-Reboot', v_open);
    END IF;
END
$$

-- name: wc_sessions_heal_v1
-- Ends sessions without news for 2.5 interim intervals (of the subscriber's plan, else 300 s) before
-- p_watermark, the time of the last packet applied: never before "now", or a backlog would make
-- every session look silent. Returns how many; at most p_limit a call.
CREATE OR REPLACE FUNCTION {schema}.wc_sessions_heal_v1(
    p_watermark timestamptz, p_limit integer DEFAULT 5000
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET jit = off AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended({schema_literal} || '.sessions', 0));
    RETURN {schema}.wc_sessions_end(ARRAY(
        SELECT o.acctuniqueid FROM {schema}.radacct_open o
        LEFT JOIN LATERAL (
            SELECT c.interim FROM {schema}.radcompiled c WHERE c.username = o.username LIMIT 1
        ) c ON true
        WHERE o.acctstoptime IS NULL AND o.generation >= 0 AND o.acctupdatetime
            < least(p_watermark, now()) - make_interval(secs => 2.5 * coalesce(c.interim, 300))
        LIMIT p_limit
    ), 'Stale-Session', NULL);
END
$$

-- name: wc_sessions_purge_v1
-- Forgets ended sessions whose last packet can no longer be accepted (history keeps them): 8 days
-- before p_watermark. Returns how many; at most p_limit a call.
CREATE OR REPLACE FUNCTION {schema}.wc_sessions_purge_v1(
    p_watermark timestamptz, p_limit integer DEFAULT 5000
) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off SET jit = off AS $$
DECLARE
    v_count integer;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended({schema_literal} || '.sessions', 0));
    DELETE FROM {schema}.radacct_open WHERE acctuniqueid = ANY (ARRAY(
        SELECT o.acctuniqueid FROM {schema}.radacct_open o
        WHERE o.acctstoptime < least(p_watermark, now()) - interval '8 days' LIMIT p_limit));
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$
