-- The one door into the books (MONEY-WATER 1, ADR 28). Functions that end in _v1 are called by the
-- tenant's role; the others by these alone. Locks are taken in one order: the key, a reversed
-- transfer or a hold, then accounts by number; so no two calls wait for each other.
--
-- SQLSTATEs that callers know: WC400 malformed, WC404 no such thing, WC409 the key names something
-- else, WC410 the hold is resolved, WC422 no funds, WC423 more than was set aside or moved.

-- name: ledger_account_v1
-- The account of a kind, an owner and a currency, opened if it is new, with the rules of its kind:
-- wallets and floats never below zero, debts and drawers never above (what we have is negative).
CREATE FUNCTION {schema}.ledger_account_v1(p_kind text, p_owner text, p_currency text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_id bigint;
BEGIN
    SELECT id INTO v_id FROM {schema}.ledger_account
    WHERE kind = p_kind AND owner = p_owner AND currency = p_currency;
    IF v_id IS NULL THEN
        INSERT INTO {schema}.ledger_account
            (kind, owner, currency, running, posted, held, min_balance, max_balance, created_at)
        VALUES (p_kind, p_owner, p_currency,
            p_kind IN ('wallet', 'cash', 'float', 'receivable'), 0, 0,
            CASE WHEN p_kind IN ('wallet', 'float') THEN 0 END,
            CASE WHEN p_kind = 'receivable' OR p_kind = 'cash' AND p_owner LIKE 'shift:%' THEN 0 END,
            clock_timestamp())
        ON CONFLICT (kind, owner, currency) DO NOTHING RETURNING id INTO v_id;
    END IF;
    IF v_id IS NULL THEN -- somebody else opened it meanwhile
        SELECT id INTO v_id FROM {schema}.ledger_account
        WHERE kind = p_kind AND owner = p_owner AND currency = p_currency;
    END IF;
    RETURN v_id;
END
$$

-- name: ledger_body
-- The fingerprint of what is asked: two calls with one key must ask the same.
CREATE FUNCTION {schema}.ledger_body(p_asked jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = {schema}, extensions, pg_temp
AS $$ SELECT sha256(convert_to(p_asked::text, 'UTF8')) $$

-- name: ledger_pairs
-- Accounts and their amounts, in account order.
CREATE FUNCTION {schema}.ledger_pairs(p_accounts bigint[], p_amounts bigint[]) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = {schema}, extensions, pg_temp AS $$
    SELECT jsonb_agg(jsonb_build_array(e.account, e.amount) ORDER BY e.account, e.amount)
    FROM unnest(p_accounts, p_amounts) AS e(account, amount)
$$

-- name: ledger_begin
-- A transfer without entries yet, or the one that this key made before; a twin at work is waited
-- for. What is reversed is locked, so that reversals of it are counted one after another.
CREATE FUNCTION {schema}.ledger_begin(p_kind text, p_key text, p_body bytea, p_amount bigint,
    p_reverses bigint, p_reason text, p_actor text, p_actor_name text,
    OUT o_transfer bigint, OUT o_replayed boolean)
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_most bigint;
BEGIN
    IF p_amount IS NULL OR p_amount <= 0 THEN
        RAISE EXCEPTION 'an amount must be above 0' USING ERRCODE = 'WC400';
    END IF;
    INSERT INTO {schema}.ledger_transfer (kind, idempotency_key, body_sha256, amount, reverses_id,
        reason, actor, actor_name, created_at)
    VALUES (p_kind, p_key, p_body, p_amount, p_reverses, p_reason, p_actor, p_actor_name,
        clock_timestamp())
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id INTO o_transfer;
    o_replayed := o_transfer IS NULL;
    IF o_replayed THEN
        SELECT id INTO o_transfer FROM {schema}.ledger_transfer
        WHERE idempotency_key = p_key AND body_sha256 = p_body AND kind = p_kind;
        IF o_transfer IS NULL THEN
            RAISE EXCEPTION 'the key names another transfer' USING ERRCODE = 'WC409';
        END IF;
        RETURN;
    END IF;
    IF p_reverses IS NOT NULL THEN
        SELECT amount INTO v_most FROM {schema}.ledger_transfer
        WHERE id = p_reverses AND reverses_id IS NULL FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such transfer to reverse' USING ERRCODE = 'WC404';
        END IF;
        IF (SELECT sum(amount) FROM {schema}.ledger_transfer WHERE reverses_id = p_reverses)
                > v_most THEN
            RAISE EXCEPTION 'more than the transfer moved' USING ERRCODE = 'WC423';
        END IF;
    END IF;
END
$$

-- name: ledger_move
-- Entries of a new transfer: each running balance by a conditional update, in account order. What a
-- capture takes, it frees of its hold in the same update.
CREATE FUNCTION {schema}.ledger_move(p_transfer bigint, p_accounts bigint[], p_amounts bigint[],
    p_holder bigint, p_freed bigint) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_entry record;
    v_balance bigint;
    v_accounts bigint[] := '{}';
    v_amounts bigint[] := '{}';
    v_balances bigint[] := '{}';
    v_at timestamptz;
BEGIN
    IF cardinality(p_accounts) <> cardinality(p_amounts) OR cardinality(p_accounts) < 2 OR
        (SELECT count(DISTINCT account) <> count(*) OR sum(amount) <> 0 OR bool_or(amount = 0)
         FROM unnest(p_accounts, p_amounts) AS e(account, amount))
    THEN
        RAISE EXCEPTION 'entries name each account once, none is 0, their sum is'
        USING ERRCODE = 'WC400';
    END IF;
    IF (SELECT count(*) <> cardinality(p_accounts) OR count(DISTINCT currency) <> 1
        FROM {schema}.ledger_account WHERE id = ANY (p_accounts))
    THEN
        RAISE EXCEPTION 'there is no such account, or they differ in currency'
        USING ERRCODE = 'WC404';
    END IF;
    FOR v_entry IN SELECT e.account, e.amount,
            CASE WHEN e.account = p_holder THEN p_freed ELSE 0 END AS freed
        FROM unnest(p_accounts, p_amounts) AS e(account, amount) ORDER BY e.account
    LOOP
        UPDATE {schema}.ledger_account a
        SET posted = a.posted + v_entry.amount, held = a.held - v_entry.freed
        WHERE a.id = v_entry.account AND a.running
            AND a.posted + v_entry.amount - a.held + v_entry.freed
                >= coalesce(a.min_balance, -9223372036854775808)
            AND a.posted + v_entry.amount <= coalesce(a.max_balance, 9223372036854775807)
        RETURNING a.posted INTO v_balance;
        IF NOT FOUND THEN
            IF (SELECT running FROM {schema}.ledger_account WHERE id = v_entry.account) THEN
                RAISE EXCEPTION 'not enough on account %', v_entry.account
                USING ERRCODE = 'WC422', DETAIL = v_entry.account::text;
            END IF;
            v_balance := NULL;
        END IF;
        v_accounts := v_accounts || v_entry.account;
        v_amounts := v_amounts || v_entry.amount;
        v_balances := v_balances || v_balance;
    END LOOP;
    -- One moment for all of them, under the accounts' locks: later than their earlier entries.
    v_at := clock_timestamp();
    INSERT INTO {schema}.ledger_entry (transfer_id, account_id, amount, balance_after, created_at)
    SELECT p_transfer, e.account, e.amount, e.balance, v_at
    FROM unnest(v_accounts, v_amounts, v_balances) AS e(account, amount, balance);
END
$$

-- name: ledger_answer
-- What a call answers, now and whenever its key comes again.
CREATE FUNCTION {schema}.ledger_answer(p_transfer bigint, p_replayed boolean) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
    SELECT jsonb_build_object('transfer', p_transfer, 'replayed', p_replayed, 'entries',
        jsonb_agg(jsonb_build_array(account_id, amount, balance_after) ORDER BY account_id))
    FROM {schema}.ledger_entry WHERE transfer_id = p_transfer
$$

-- name: ledger_post_v1
-- One transfer; the stored answer if its key was used for the same before.
CREATE FUNCTION {schema}.ledger_post_v1(p_kind text, p_accounts bigint[], p_amounts bigint[],
    p_key text, p_reverses bigint, p_reason text, p_actor text, p_actor_name text)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_body bytea := {schema}.ledger_body(jsonb_build_array(
        {schema}.ledger_pairs(p_accounts, p_amounts), p_reverses));
    v_amount bigint := (SELECT sum(amount) FROM unnest(p_amounts) AS amount WHERE amount > 0);
    v_begun record;
BEGIN
    SELECT * INTO v_begun FROM {schema}.ledger_begin(
        p_kind, p_key, v_body, v_amount, p_reverses, p_reason, p_actor, p_actor_name);
    IF NOT v_begun.o_replayed THEN
        PERFORM {schema}.ledger_move(v_begun.o_transfer, p_accounts, p_amounts, NULL, NULL);
    END IF;
    RETURN {schema}.ledger_answer(v_begun.o_transfer, v_begun.o_replayed);
END
$$

-- name: ledger_settle_v1
-- An amount from a source pays what is owed first; the rest goes to the other account.
CREATE FUNCTION {schema}.ledger_settle_v1(p_kind text, p_source bigint, p_owed bigint,
    p_rest bigint, p_amount bigint, p_key text, p_reason text, p_actor text, p_actor_name text)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_body bytea := {schema}.ledger_body(
        jsonb_build_array('settle', p_source, p_owed, p_rest, p_amount));
    v_begun record;
    v_paid bigint;
    v_accounts bigint[] := ARRAY[p_source];
    v_amounts bigint[] := ARRAY[-p_amount];
BEGIN
    SELECT * INTO v_begun FROM {schema}.ledger_begin(
        p_kind, p_key, v_body, p_amount, NULL, p_reason, p_actor, p_actor_name);
    IF v_begun.o_replayed THEN
        RETURN {schema}.ledger_answer(v_begun.o_transfer, true);
    END IF;
    -- What is owed must stay what it is until it is paid.
    PERFORM 1 FROM {schema}.ledger_account WHERE id IN (p_source, p_owed, p_rest) AND running
    ORDER BY id FOR NO KEY UPDATE;
    SELECT least(p_amount, -posted) INTO v_paid FROM {schema}.ledger_account WHERE id = p_owed;
    IF v_paid > 0 THEN
        v_accounts := v_accounts || p_owed;
        v_amounts := v_amounts || v_paid;
    END IF;
    IF v_paid < p_amount THEN
        v_accounts := v_accounts || p_rest;
        v_amounts := v_amounts || (p_amount - v_paid);
    END IF;
    PERFORM {schema}.ledger_move(v_begun.o_transfer, v_accounts, v_amounts, NULL, NULL);
    RETURN {schema}.ledger_answer(v_begun.o_transfer, false);
END
$$
