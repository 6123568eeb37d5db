-- Holds: money set aside, taken later in part or whole, or let go; each ends once (MONEY-WATER 1).

-- name: ledger_hold_v1
-- Sets an amount of an account aside; the number of the hold, also of one that this key made.
CREATE FUNCTION {schema}.ledger_hold_v1(p_account bigint, p_amount bigint, p_kind text, p_key text,
    p_expires_at timestamptz, p_reference text, p_public_id text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_body bytea := {schema}.ledger_body(
        jsonb_build_array('hold', p_account, p_amount, p_kind, p_reference));
    v_id bigint;
BEGIN
    IF p_amount IS NULL OR p_amount <= 0 THEN
        RAISE EXCEPTION 'an amount must be above 0' USING ERRCODE = 'WC400';
    END IF;
    INSERT INTO {schema}.ledger_hold (public_id, account_id, kind, amount, captured, state,
        idempotency_key, body_sha256, reference, created_at, expires_at)
    VALUES (p_public_id, p_account, p_kind, p_amount, 0, 'open', p_key, v_body, p_reference,
        clock_timestamp(), p_expires_at)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO v_id;
    IF v_id IS NULL THEN
        SELECT id INTO v_id FROM {schema}.ledger_hold
        WHERE idempotency_key = p_key AND body_sha256 = v_body;
        IF v_id IS NULL THEN
            RAISE EXCEPTION 'the key names another hold' USING ERRCODE = 'WC409';
        END IF;
        RETURN v_id;
    END IF;
    UPDATE {schema}.ledger_account a SET held = a.held + p_amount
    WHERE a.id = p_account AND a.running
        AND a.posted - a.held - p_amount >= coalesce(a.min_balance, -9223372036854775808);
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM {schema}.ledger_account WHERE id = p_account AND running) THEN
            RAISE EXCEPTION 'nothing can be held on account %', p_account USING ERRCODE = 'WC404';
        END IF;
        RAISE EXCEPTION 'not enough on account %', p_account
        USING ERRCODE = 'WC422', DETAIL = p_account::text;
    END IF;
    RETURN v_id;
END
$$

-- name: ledger_capture_v1
-- Takes an amount of an open hold to other accounts. What is left is let go with it, or stays set
-- aside (p_keep: a lease is captured from many times).
CREATE FUNCTION {schema}.ledger_capture_v1(p_hold bigint, p_amount bigint, p_accounts bigint[],
    p_amounts bigint[], p_keep boolean, p_kind text, p_key text, p_reason text, p_actor text,
    p_actor_name text)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_body bytea := {schema}.ledger_body(jsonb_build_array('capture', p_hold, p_amount,
        {schema}.ledger_pairs(p_accounts, p_amounts), p_keep));
    v_begun record;
    v_hold {schema}.ledger_hold;
    v_rest bigint;
BEGIN
    SELECT * INTO v_begun FROM {schema}.ledger_begin(
        p_kind, p_key, v_body, p_amount, NULL, p_reason, p_actor, p_actor_name);
    IF v_begun.o_replayed THEN
        RETURN {schema}.ledger_answer(v_begun.o_transfer, true);
    END IF;
    SELECT * INTO v_hold FROM {schema}.ledger_hold WHERE id = p_hold FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such hold' USING ERRCODE = 'WC404';
    END IF;
    IF v_hold.state <> 'open' THEN
        RAISE EXCEPTION 'the hold is %', v_hold.state USING ERRCODE = 'WC410';
    END IF;
    v_rest := v_hold.amount - v_hold.captured;
    IF p_amount > v_rest THEN
        RAISE EXCEPTION 'more than is held' USING ERRCODE = 'WC423';
    END IF;
    UPDATE {schema}.ledger_hold SET captured = captured + p_amount,
        state = CASE WHEN p_keep THEN 'open' ELSE 'captured' END,
        resolved_at = CASE WHEN p_keep THEN NULL ELSE clock_timestamp() END
    WHERE id = p_hold;
    PERFORM {schema}.ledger_move(v_begun.o_transfer, v_hold.account_id || p_accounts,
        -p_amount || p_amounts, v_hold.account_id, CASE WHEN p_keep THEN p_amount ELSE v_rest END);
    RETURN {schema}.ledger_answer(v_begun.o_transfer, false);
END
$$

-- name: ledger_release_v1
-- Ends an open hold and lets go what is left of it; false: it had ended before.
CREATE FUNCTION {schema}.ledger_release_v1(p_hold bigint, p_state text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_hold {schema}.ledger_hold;
BEGIN
    IF p_state NOT IN ('released', 'expired') THEN
        RAISE EXCEPTION 'a hold does not end like this' USING ERRCODE = 'WC400';
    END IF;
    UPDATE {schema}.ledger_hold SET state = p_state, resolved_at = clock_timestamp()
    WHERE id = p_hold AND state = 'open' RETURNING * INTO v_hold;
    IF NOT FOUND THEN
        IF NOT EXISTS (SELECT FROM {schema}.ledger_hold WHERE id = p_hold) THEN
            RAISE EXCEPTION 'there is no such hold' USING ERRCODE = 'WC404';
        END IF;
        RETURN false;
    END IF;
    UPDATE {schema}.ledger_account SET held = held - (v_hold.amount - v_hold.captured)
    WHERE id = v_hold.account_id;
    RETURN true;
END
$$

-- name: ledger_expire_v1
-- Ends holds whose time is over, some at a time; one that is being captured is left to that.
CREATE FUNCTION {schema}.ledger_expire_v1(p_now timestamptz, p_limit integer) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_due bigint[];
    v_id bigint;
BEGIN
    SELECT array_agg(h.id ORDER BY h.account_id, h.id) INTO v_due FROM (
        SELECT id, account_id FROM {schema}.ledger_hold
        WHERE state = 'open' AND expires_at <= p_now
        ORDER BY expires_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ) h;
    FOREACH v_id IN ARRAY coalesce(v_due, '{}') LOOP
        PERFORM {schema}.ledger_release_v1(v_id, 'expired');
    END LOOP;
    RETURN coalesce(v_due, '{}');
END
$$
