-- Vouchers at the login (RADIUS 5, 6; ADR 41): a name that is nobody's may be a code.
--
--     name -> wc_voucher_code -> wc_voucher_hash -> radius_voucher -> the plan's compiled row
--
-- A voucher's account is `voucher-<id>`: sessions and login attempts carry it, never the code. The
-- vouchers of a plan share one compiled row, of the user `voucher-plan-<id>` who has no password.

-- name: wc_voucher_code
-- What is typed without spaces and dashes, in capitals; NULL: it cannot be a code.
CREATE OR REPLACE FUNCTION {schema}.wc_voucher_code(p_typed text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_code text := upper(translate(p_typed, E' \u00a0-\u2010\u2011\u2013\u2014', ''));
BEGIN
    RETURN CASE WHEN v_code ~ '^[A-Z0-9]{6,40}$' THEN v_code END;
END
$$

-- name: wc_voucher_hash
-- HMAC-SHA-256 of a code under the tenant's key.
CREATE OR REPLACE FUNCTION {schema}.wc_voucher_hash(p_code text) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    RETURN (SELECT sha256(k.outer_pad || sha256(k.inner_pad || convert_to(p_code, 'UTF8')))
        FROM {schema}.radius_voucher_key k);
END
$$

-- name: wc_voucher_hashes_v1
-- The hashes of codes as they are typed, in their order; NULL for what cannot be one.
CREATE OR REPLACE FUNCTION {schema}.wc_voucher_hashes_v1(p_typed text[]) RETURNS bytea[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    RETURN ARRAY(SELECT {schema}.wc_voucher_hash({schema}.wc_voucher_code(t.typed))
        FROM unnest(p_typed) WITH ORDINALITY AS t(typed, place) ORDER BY t.place);
END
$$

-- name: wc_voucher
-- The compiled row of whoever types a voucher's code as the name; no row: it is none.
-- The password is the code too, as the name has it or in another usual writing (WC-Code).
CREATE OR REPLACE FUNCTION {schema}.wc_voucher(
    p_username text, p_nas text, p_mac text, p_called text
) RETURNS SETOF {schema}.radcompiled
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_code text := {schema}.wc_voucher_code(p_username);
    v_found record;
    v_row {schema}.radcompiled;
    v_name text;
BEGIN
    IF v_code IS NULL THEN
        RETURN;
    END IF;
    SELECT v.id, v.state, v.activated_at, v.ends_at, v.mac, b.expires_at, b.validity_s,
        'voucher-plan-' || b.plan_id AS plan INTO v_found
    FROM {schema}.radius_voucher v JOIN {schema}.radius_voucher_batch b ON b.id = v.batch_id
    WHERE v.code_hash = {schema}.wc_voucher_hash(v_code);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO v_row FROM {schema}.radcompiled c WHERE c.username = v_found.plan;
    IF NOT FOUND OR v_row.checks THEN
        SELECT * INTO v_row FROM {schema}.wc_compiled(v_found.plan, coalesce(p_nas, ''), p_mac,
            p_called);
    END IF;
    v_name := 'voucher-' || v_found.id;
    v_row.reason := coalesce(CASE
        WHEN v_found.state = 'void' THEN 'voucher void'
        WHEN v_found.state = 'printed' THEN 'voucher not sold'
        WHEN v_row.username IS NULL THEN 'voucher without a plan'
        WHEN v_found.state = 'sold' AND v_found.expires_at <= now() THEN 'expired'
        -- Its first device's Start may still be on its way to the open sessions.
        WHEN v_row.devices = 1 AND v_found.activated_at > now() - interval '30 seconds'
            AND v_found.mac IS DISTINCT FROM public.wc_mac(nullif(p_mac, ''))
            THEN 'too many devices' END, v_row.reason);
    v_row.username := v_name;
    v_row.expires_at := least(v_row.expires_at, v_found.ends_at);
    v_row.secrets := ARRAY[
        ROW(0, v_name, 'Cleartext-Password', p_username, ':=')::{schema}.wc_auth_row,
        ROW(0, v_name, 'WC-Account', v_name, ':=')::{schema}.wc_auth_row];
    FOR i IN 0 .. 3 LOOP
        v_row.secrets := v_row.secrets || ROW(0, v_name, 'WC-Code', CASE i
            WHEN 0 THEN v_code WHEN 1 THEN lower(v_code)
            WHEN 2 THEN {schema}.wc_voucher_printed(v_code)
            ELSE lower({schema}.wc_voucher_printed(v_code)) END, '+=')::{schema}.wc_auth_row;
    END LOOP;
    v_row.replies := v_row.replies
        || ROW(0, v_name, 'User-Name', v_name, ':=')::{schema}.wc_auth_row
        || ROW(0, v_name, 'Class', v_name, ':=')::{schema}.wc_auth_row;
    IF v_found.state = 'sold' THEN
        v_row.session_timeout := least(v_row.session_timeout, v_found.validity_s - 1);
        v_row.replies := v_row.replies
            || ROW(0, v_name, 'WC-Activate', v_found.id::text, ':=')::{schema}.wc_auth_row;
    END IF;
    RETURN NEXT v_row;
END
$$

-- name: wc_voucher_printed
-- A code as it is printed: in fours with dashes between (radius/vouchers/codes.py does the same).
CREATE OR REPLACE FUNCTION {schema}.wc_voucher_printed(p_code text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
SELECT rtrim(regexp_replace(p_code, '(.{4})', '\1-', 'g'), '-')
$$

-- name: wc_voucher_activate_v1
-- The one write at a login, after the password is proven: 1: the voucher runs from now on;
-- 0: it was not to be had any more, and the login is refused. Publishes it.
CREATE OR REPLACE FUNCTION {schema}.wc_voucher_activate_v1(p_voucher bigint, p_mac text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET timezone = 'UTC' SET enable_seqscan = off AS $$
DECLARE
    v_voucher record;
BEGIN
    UPDATE {schema}.radius_voucher v SET state = 'activated', activated_at = now(),
        ends_at = now() + make_interval(secs => b.validity_s),
        mac = public.wc_mac(nullif(p_mac, ''))
    FROM {schema}.radius_voucher_batch b
    WHERE v.id = p_voucher AND b.id = v.batch_id AND v.state = 'sold'
        AND (b.expires_at > now()) IS NOT FALSE
    RETURNING v.*, b.plan_id INTO v_voucher;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    INSERT INTO public.events_outbox (tenant, type, subject, payload)
    VALUES ({schema_literal}, 'voucher.activated', v_voucher.id::text, jsonb_build_object(
        'id', v_voucher.id, 'batch', v_voucher.batch_id, 'plan', v_voucher.plan_id,
        'state', v_voucher.state, 'mac', v_voucher.mac, 'activated_at', v_voucher.activated_at,
        'ends_at', v_voucher.ends_at));
    RETURN 1;
END
$$

-- name: wc_authorize_v1
-- The answer to a login, as rlm_sql's reply query: password rows first; a refused account gets its
-- password and one WC-Reason, so that a wrong password is told before anything else; no row means
-- that nobody has this name. An index look-up always: a plan made while the table was small would
-- otherwise scan it for ever in FreeRADIUS' long-lived connections.
-- Of what is left of a limited time a second goes for the answer's way: a session never outlasts it.
CREATE OR REPLACE FUNCTION {schema}.wc_authorize_v1(
    p_username text, p_nas text, p_mac text, p_called text
) RETURNS SETOF {schema}.wc_auth_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_row {schema}.radcompiled;
    v_answer {schema}.wc_auth_row;
    v_account text;
    v_left bigint;
    v_open bigint;
BEGIN
    SELECT * INTO v_row FROM {schema}.radcompiled c WHERE c.username = p_username;
    IF NOT FOUND THEN
        SELECT * INTO v_row FROM {schema}.wc_voucher(p_username, p_nas, p_mac, p_called);
    END IF;
    IF v_row.username IS NULL OR v_row.checks AND v_row.username = p_username THEN
        SELECT * INTO v_row FROM {schema}.wc_compiled(p_username, coalesce(p_nas, ''), p_mac,
            p_called);
        IF v_row.username IS NULL THEN
            RETURN;
        END IF;
    END IF;
    -- As text: compared in the column's collation "C" the index of open sessions would not serve.
    v_account := v_row.username;
    v_left := v_row.session_timeout;
    IF v_row.expires_at <= now() + interval '2 seconds' THEN
        v_row.reason := coalesce(v_row.reason, 'expired');
    ELSIF v_row.expires_at < 'infinity' THEN
        v_left := least(v_left, floor(extract(epoch FROM v_row.expires_at - now()) - 1)::bigint);
    END IF;
    IF v_row.reason IS NULL AND v_row.devices > 0 THEN
        -- Nearly always fewer sessions than devices: the rest need not be asked (a third of the time).
        SELECT count(*) INTO v_open FROM {schema}.radacct_open o
        WHERE o.username = v_account AND o.acctstoptime IS NULL;
        IF v_open >= v_row.devices
            AND {schema}.wc_devices_online(v_account, p_mac, v_row.interim) >= v_row.devices
        THEN
            v_row.reason := 'too many devices';
        END IF;
    END IF;
    FOREACH v_answer IN ARRAY v_row.secrets LOOP
        RETURN NEXT v_answer;
    END LOOP;
    IF v_row.reason IS NOT NULL THEN
        RETURN NEXT ROW(0, p_username, 'WC-Reason', v_row.reason, ':=')::{schema}.wc_auth_row;
        RETURN;
    END IF;
    FOREACH v_answer IN ARRAY v_row.replies LOOP
        RETURN NEXT v_answer;
    END LOOP;
    IF v_left IS NOT NULL THEN
        RETURN NEXT ROW(0, p_username, 'Session-Timeout', v_left::text, ':=')
            ::{schema}.wc_auth_row;
    END IF;
END
$$
