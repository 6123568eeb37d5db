-- What the ingester publishes (ARCHITECTURE 4): rows of the outbox in the batch's own transaction,
-- set-wise. Starts, stops and rejects only; interims are too many, listeners read `sessions`.
--
--     session.started     its first packet, if that was not a Stop
--     session.stopped     it ended, by a Stop or by a guess
--     session.resumed     a guess was wrong: it is online again
--     session.corrected   it had ended already; a late packet brought its real stop or higher counters
--     login.rejected
--
-- Payloads use the words of the API. Look-ups are written as in accounting.sql.

-- name: wc_sessions_publish
-- Publishes these sessions as started, or as ended; p_known are ids of those that had ended before.
CREATE OR REPLACE FUNCTION {schema}.wc_sessions_publish(
    p_keys text[], p_started boolean, p_known bigint[]
) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO public.events_outbox (tenant, type, subject, payload)
    SELECT {schema_literal}, CASE WHEN p_started THEN 'session.started'
            WHEN o.radacctid = ANY (p_known) THEN 'session.corrected' ELSE 'session.stopped' END,
        coalesce(o.username, ''), jsonb_build_object(
            'id', to_char(o.acctstarttime, 'YYYYMMDD') || '.' || o.radacctid,
            'session_id', o.acctsessionid, 'username', o.username,
            'nas_address', host(o.nasipaddress), 'mac', o.callingstationid, 'ssid', o.ssid,
            'framed_ip', host(o.framedipaddress), 'started_at', o.acctstarttime)
        || CASE WHEN p_started THEN '{}'::jsonb ELSE jsonb_build_object(
            'stopped_at', o.acctstoptime, 'duration_s', o.acctsessiontime,
            'input_octets', o.acctinputoctets, 'output_octets', o.acctoutputoctets,
            'terminate_cause', o.acctterminatecause, 'stop_guessed', o.stop_guessed) END
    FROM unnest(p_keys) WITH ORDINALITY AS named(key, place) CROSS JOIN LATERAL (
        SELECT * FROM {schema}.radacct_open p WHERE p.acctuniqueid = named.key LIMIT 1
    ) o ORDER BY named.place;
END
$$

-- name: wc_session_resumed
-- Publishes that a session whose end was guessed goes on; its history row still stands. Planned
-- each time for its one partition, as wc_history_remove.
CREATE OR REPLACE FUNCTION {schema}.wc_session_resumed(p_stop timestamptz, p_id bigint)
RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp SET timezone = 'UTC'
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    INSERT INTO public.events_outbox (tenant, type, subject, payload)
    SELECT {schema_literal}, 'session.resumed', coalesce(h.username, ''), jsonb_build_object(
        'id', to_char(h.acctstarttime, 'YYYYMMDD') || '.' || h.radacctid,
        'session_id', h.acctsessionid, 'username', h.username,
        'nas_address', host(h.nasipaddress), 'mac', h.callingstationid, 'ssid', h.ssid,
        'framed_ip', host(h.framedipaddress), 'started_at', h.acctstarttime)
    FROM {schema}.radacct h WHERE h.acctstoptime = p_stop AND h.radacctid = p_id;
END
$$

-- name: wc_accounting_follow
-- What follows a segment's statement: history rows, events, and older sessions of the same devices.
CREATE OR REPLACE FUNCTION {schema}.wc_accounting_follow(
    p_rows public.wc_accounting_row[], p_result {schema}.wc_accounting_result
) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_still bigint[];
BEGIN
    IF p_result.gone_ids IS NOT NULL THEN
        v_still := ARRAY(SELECT o.radacctid FROM unnest(p_result.ended) k CROSS JOIN LATERAL (
            SELECT p.radacctid FROM {schema}.radacct_open p WHERE p.acctuniqueid = k LIMIT 1) o);
    END IF;
    FOR i IN 1 .. coalesce(cardinality(p_result.gone_ids), 0) LOOP
        IF p_result.gone_ids[i] <> ALL (v_still) THEN
            PERFORM {schema}.wc_session_resumed(p_result.gone_stops[i], p_result.gone_ids[i]);
        END IF;
        PERFORM {schema}.wc_history_remove(p_result.gone_stops[i], p_result.gone_ids[i]);
    END LOOP;
    IF p_result.made IS NOT NULL THEN
        PERFORM {schema}.wc_sessions_publish(p_result.made, true, NULL);
    END IF;
    IF p_result.ended IS NOT NULL THEN
        PERFORM {schema}.wc_history_append(p_result.ended);
        PERFORM {schema}.wc_sessions_publish(p_result.ended, false, p_result.gone_ids);
    END IF;
    IF p_result.made IS NOT NULL THEN
        PERFORM {schema}.wc_sessions_supersede(p_rows, p_result.made);
    END IF;
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
    IF v_ended IS NOT NULL THEN
        PERFORM {schema}.wc_history_append(v_ended);
        PERFORM {schema}.wc_sessions_publish(v_ended, false, NULL);
    END IF;
    RETURN coalesce(cardinality(v_ended), 0);
END
$$

-- name: wc_postauth_batch_v1
-- Appends this tenant's records of the staging table to radpostauth, and rejects to the outbox;
-- returns how many. Long fields are cut, MACs are spelled one way, and there is no password in a
-- record.
CREATE OR REPLACE FUNCTION {schema}.wc_postauth_batch_v1() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET timezone = 'UTC' AS $$
DECLARE
    v_now bigint := extract(epoch FROM now());
    v_count bigint;
BEGIN
    PERFORM public.wc_stage_owned('pg_temp.wc_postauth_stage');
    WITH stored AS (
        INSERT INTO {schema}.radpostauth (username, reply, reason, callingstationid,
            calledstationid, ssid, nasipaddress, nasidentifier, nasportid, authdate)
        SELECT left(coalesce(s.username, ''), 253), left(s.reply, 32), left(s.reason, 128),
            left(public.wc_mac(s.calling), 253), left(public.wc_mac(s.called), 253),
            left(public.wc_ssid(s.called), 253), s.nas, left(s.nas_identifier, 253),
            left(s.port_id, 253), CASE
                WHEN s.received BETWEEN v_now - 2592000 AND v_now + 3600
                THEN to_timestamp(s.received) ELSE now() END
        FROM pg_temp.wc_postauth_stage s WHERE s.tenant = {schema_literal}
        RETURNING *
    ), published AS (
        INSERT INTO public.events_outbox (tenant, type, subject, payload)
        SELECT {schema_literal}, 'login.rejected', l.username, jsonb_build_object(
            'id', to_char(l.authdate, 'YYYYMMDD') || '.' || l.id, 'username', l.username,
            'reason', l.reason, 'nas_address', host(l.nasipaddress), 'mac', l.callingstationid,
            'ssid', l.ssid, 'at', l.authdate)
        FROM stored l WHERE l.reply = 'Access-Reject' ORDER BY l.id
    )
    SELECT count(*) INTO v_count FROM stored;
    RETURN v_count;
END
$$
