-- Logins (RADIUS 1): the one query of FreeRADIUS, and the compiled rows it reads.
--
--     radcheck, radreply, radusergroup, radgroupcheck, radgroupreply
--         -> wc_compiled(user, packet) -> radcompiled (one row a user) -> wc_authorize_v1
--
-- A name without a compiled row, or one whose items ask about the packet, goes through
-- wc_compiled at login: slower, the same answer.

-- name: wc_expiration
-- An Expiration value ('31 Dec 2026 18:00:00', any form PostgreSQL reads) in the tenant's zone. One
-- that cannot be read has passed already: a limit fails closed.
CREATE OR REPLACE FUNCTION {schema}.wc_expiration(p_value text) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp
SET datestyle = 'ISO, DMY' SET jit = off AS $$
BEGIN
    RETURN p_value::timestamp AT TIME ZONE
        coalesce((SELECT timezone FROM {schema}.radius_settings), 'UTC');
EXCEPTION WHEN data_exception THEN
    RETURN '-infinity';
END
$$

-- name: wc_integer
-- A limit's number; one that cannot be read is the strictest.
CREATE OR REPLACE FUNCTION {schema}.wc_integer(p_value text, p_else integer) RETURNS integer
LANGUAGE sql STABLE AS $$
SELECT CASE WHEN p_value ~ '^[0-9]{1,9}$' THEN p_value::integer ELSE p_else END
$$

-- name: wc_item_holds
-- Whether a packet meets a check item (op ==, !=, =~, !~). A comparison with anything else of the
-- packet than these three never holds: a condition that cannot be checked fails closed.
CREATE OR REPLACE FUNCTION {schema}.wc_item_holds(
    p_attribute text, p_op text, p_value text, p_nas text, p_mac text, p_called text
) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_actual text;
BEGIN
    CASE lower(p_attribute)
        WHEN 'nas-ip-address', 'packet-src-ip-address' THEN v_actual := p_nas;
        WHEN 'calling-station-id' THEN v_actual := public.wc_mac(p_mac);
        WHEN 'called-station-id' THEN v_actual := public.wc_mac(p_called);
        ELSE RETURN false;
    END CASE;
    RETURN coalesce(CASE p_op
        WHEN '==' THEN v_actual = public.wc_mac(p_value)
        WHEN '!=' THEN v_actual <> public.wc_mac(p_value)
        WHEN '=~' THEN v_actual ~ p_value
        WHEN '!~' THEN v_actual !~ p_value
        ELSE false END, false);
EXCEPTION WHEN invalid_regular_expression THEN
    RETURN false;
END
$$

-- name: wc_compiled
-- A user's compiled row from the standard tables; no row = unknown. Without a packet (p_nas NULL)
-- comparisons are only noted in `checks`; with one they are judged. As in FreeRADIUS the user's own
-- rows come before a group's, groups in order of priority, the first that matches ends the list
-- unless it says Fall-Through = Yes, '+=' adds, and otherwise the first source of an attribute wins.
CREATE OR REPLACE FUNCTION {schema}.wc_compiled(
    p_username text, p_nas text, p_mac text, p_called text
) RETURNS SETOF {schema}.radcompiled
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp SET jit = off AS $$
DECLARE
    v_row {schema}.radcompiled;
    v_group record;
    v_groups text[] := '{}';
    v_known boolean;
BEGIN
    SELECT count(*) > 0, coalesce(bool_or(c.op IN ('==', '!=', '=~', '!~', '<', '<=', '>', '>=')
            AND c.attribute !~* '-Password$'), false),
        CASE WHEN p_nas IS NOT NULL AND NOT bool_and(c.attribute ~* '-Password$'
            OR c.op NOT IN ('==', '!=', '=~', '!~', '<', '<=', '>', '>=')
            OR {schema}.wc_item_holds(c.attribute, c.op, c.value, p_nas, p_mac, p_called))
        THEN 'not allowed from here' END
    INTO v_known, v_row.checks, v_row.reason
    FROM {schema}.radcheck c WHERE c.username = p_username;

    IF NOT EXISTS (SELECT FROM {schema}.radreply r WHERE r.username = p_username
            AND lower(r.attribute) = 'fall-through' AND lower(r.value) IN ('no', '0')) THEN
        FOR v_group IN
            SELECT u.groupname, coalesce(c.conditional, false) AS conditional,
                coalesce(c.holds, true) AS holds, EXISTS (
                    SELECT FROM {schema}.radgroupreply r WHERE r.groupname = u.groupname
                        AND lower(r.attribute) = 'fall-through' AND lower(r.value) IN ('yes', '1')
                ) AS goes_on
            FROM {schema}.radusergroup u
            LEFT JOIN LATERAL (
                SELECT true AS conditional, bool_and(p_nas IS NOT NULL AND {schema}.wc_item_holds(
                    c.attribute, c.op, c.value, p_nas, p_mac, p_called)) AS holds
                FROM {schema}.radgroupcheck c WHERE c.groupname = u.groupname
                    AND c.op IN ('==', '!=', '=~', '!~', '<', '<=', '>', '>=')
                    AND c.attribute !~* '-Password$' HAVING count(*) > 0
            ) c ON true
            WHERE u.username = p_username ORDER BY u.priority, u.id
        LOOP
            v_known := true;
            v_row.checks := v_row.checks OR v_group.conditional;
            CONTINUE WHEN NOT v_group.holds;
            v_groups := v_groups || v_group.groupname::text;
            EXIT WHEN NOT v_group.goes_on;
        END LOOP;
    END IF;

    WITH item AS (
        SELECT 0 AS source, c.id, c.attribute, c.op, c.value, true AS checks
        FROM {schema}.radcheck c WHERE c.username = p_username
        UNION ALL
        SELECT 0, r.id, r.attribute, r.op, r.value, false
        FROM {schema}.radreply r WHERE r.username = p_username
        UNION ALL
        SELECT array_position(v_groups, c.groupname::text), c.id, c.attribute, c.op, c.value, true
        FROM {schema}.radgroupcheck c WHERE c.groupname = ANY (v_groups)
        UNION ALL
        SELECT array_position(v_groups, r.groupname::text), r.id, r.attribute, r.op, r.value, false
        FROM {schema}.radgroupreply r WHERE r.groupname = ANY (v_groups)
    ), ranked AS (
        SELECT i.*, lower(i.attribute) AS name, row_number() OVER (
            PARTITION BY i.checks, lower(i.attribute), i.op = '+='
            ORDER BY i.source, CASE WHEN i.op = ':=' THEN -i.id ELSE i.id END) AS place
        FROM item i
    ), chosen AS (
        SELECT r.*, r.checks AND (r.name ~ '-password$' OR r.name = 'password-with-header') AS secret,
            ROW(r.id, p_username, r.attribute, r.value, r.op)::{schema}.wc_auth_row AS row
        FROM ranked r WHERE r.place = 1 OR r.op = '+='
    )
    SELECT array_agg(c.row ORDER BY c.source, c.id) FILTER (WHERE c.secret
            AND c.source = (SELECT min(p.source) FROM chosen p WHERE p.secret)),
        array_agg(c.row ORDER BY c.source, c.id) FILTER (WHERE NOT c.checks
            AND c.name NOT IN ('session-timeout', 'fall-through')),
        min({schema}.wc_integer(c.value, 1)) FILTER (
            WHERE NOT c.checks AND c.name = 'session-timeout'),
        min({schema}.wc_expiration(c.value)) FILTER (WHERE c.checks AND c.name = 'expiration'),
        coalesce(v_row.reason, max('suspended') FILTER (
            WHERE c.checks AND c.name = 'auth-type' AND lower(c.value) = 'reject')),
        coalesce(max({schema}.wc_integer(c.value, 1)) FILTER (
            WHERE c.checks AND c.name = 'simultaneous-use'), 0),
        coalesce(max({schema}.wc_integer(c.value, 300)) FILTER (
            WHERE NOT c.checks AND c.name = 'acct-interim-interval'), 300)
    INTO v_row.secrets, v_row.replies, v_row.session_timeout, v_row.expires_at, v_row.reason,
        v_row.devices, v_row.interim
    FROM chosen c;

    IF v_known OR v_row.replies IS NOT NULL OR v_row.session_timeout IS NOT NULL THEN
        v_row.username := p_username;
        v_row.secrets := coalesce(v_row.secrets, '{}');
        v_row.replies := coalesce(v_row.replies, '{}');
        RETURN NEXT v_row;
    END IF;
END
$$

-- name: wc_compile_v1
-- Rebuilds the compiled rows of these users (NULL: of all) from the standard tables; returns how
-- many users have one now. Call it last in the transaction that changed them. The lock lets one
-- transaction compile at a time, so that each sees what the one before it committed; readers go on.
CREATE OR REPLACE FUNCTION {schema}.wc_compile_v1(p_usernames text[] DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET jit = off AS $$
DECLARE
    v_names text[] := p_usernames;
    v_count integer;
BEGIN
    LOCK TABLE {schema}.radcompiled IN SHARE ROW EXCLUSIVE MODE;
    IF p_usernames IS NULL THEN
        v_names := ARRAY(SELECT username FROM {schema}.radcheck
            UNION SELECT username FROM {schema}.radreply
            UNION SELECT username FROM {schema}.radusergroup);
        DELETE FROM {schema}.radcompiled;
    ELSE
        DELETE FROM {schema}.radcompiled WHERE username = ANY (v_names);
    END IF;
    INSERT INTO {schema}.radcompiled
    SELECT c.* FROM (SELECT DISTINCT unnest(v_names)::text AS username) u
    CROSS JOIN LATERAL {schema}.wc_compiled(u.username, NULL, NULL, NULL) c
    WHERE u.username <> '';
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$

-- name: wc_devices_online
-- Other devices of the account with a session that is not silent for more than 2.5 interim
-- intervals before the ingester's watermark (a backlog must not make sessions look silent).
CREATE OR REPLACE FUNCTION {schema}.wc_devices_online(
    p_username text, p_mac text, p_interim integer
) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    RETURN (SELECT count(DISTINCT coalesce(o.callingstationid, o.acctuniqueid))
        FROM {schema}.radacct_open o
        WHERE o.username = p_username AND o.acctstoptime IS NULL
            AND o.callingstationid IS DISTINCT FROM public.wc_mac(nullif(p_mac, ''))
            AND o.acctupdatetime >= least(now(), (
                    SELECT s.watermark FROM public.spool_state s WHERE s.spool = 'acct'))
                - make_interval(secs => 2.5 * p_interim));
END
$$

-- name: wc_authorize_v1
-- The answer to a login, as rlm_sql's reply query: password rows first; a refused account gets its
-- password and one WC-Reason, so that a wrong password is told before anything else; no row means
-- that nobody has this name. An index look-up always: a plan made while the table was small would
-- otherwise scan it for ever in FreeRADIUS' long-lived connections.
CREATE OR REPLACE FUNCTION {schema}.wc_authorize_v1(
    p_username text, p_nas text, p_mac text, p_called text
) RETURNS SETOF {schema}.wc_auth_row
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp
SET enable_seqscan = off AS $$
DECLARE
    v_row {schema}.radcompiled;
    v_answer {schema}.wc_auth_row;
    v_left bigint;
    v_open bigint;
BEGIN
    SELECT * INTO v_row FROM {schema}.radcompiled c WHERE c.username = p_username;
    IF NOT FOUND OR v_row.checks THEN
        SELECT * INTO v_row FROM {schema}.wc_compiled(p_username, coalesce(p_nas, ''), p_mac,
            p_called);
        IF v_row.username IS NULL THEN
            RETURN;
        END IF;
    END IF;
    v_left := v_row.session_timeout;
    IF v_row.expires_at <= now() THEN
        v_row.reason := coalesce(v_row.reason, 'expired');
    ELSIF v_row.expires_at < 'infinity' THEN
        v_left := least(v_left, ceil(extract(epoch FROM v_row.expires_at - now()))::bigint);
    END IF;
    IF v_row.reason IS NULL AND v_row.devices > 0 THEN
        -- Nearly always fewer sessions than devices: the rest need not be asked (a third of the time).
        SELECT count(*) INTO v_open FROM {schema}.radacct_open o
        WHERE o.username = p_username AND o.acctstoptime IS NULL;
        IF v_open >= v_row.devices
            AND {schema}.wc_devices_online(p_username, p_mac, v_row.interim) >= v_row.devices
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
