-- Ninety days of water that nobody drank: dispenses, what they cost, top-ups that paid for them.
-- Wallets, entries and counters come out as the books want them; each wallet's money is a chain.

-- name: pours
-- Mornings and evenings, some customers more than others, mostly at their own kiosk; now and then
-- one that broke off, and each week a technician's jerrycan. Numbers and totalizers rise; of one
-- kiosk a record got lost some days ago.
CREATE TEMPORARY TABLE demo_pour ON COMMIT DROP AS
WITH kiosk AS (
    SELECT id, site_id, row_number() OVER (ORDER BY id) AS place
    FROM {schema}.water_kiosk WHERE id = ANY (%(kiosks)s)
), customer AS (
    SELECT t.id AS tag_id, t.wallet_id, w.account_id,
        ('x' || substr(md5(%(slug)s || t.label), 1, 8))::bit(32)::bigint AS face
    FROM {schema}.water_tag t JOIN {schema}.wallets_wallet w ON w.id = t.wallet_id
    WHERE t.id = ANY (%(tags)s)
), visit AS (
    SELECT c.*, (day + make_interval(
            hours => (%(hours)s::int[])[1 + floor(random() * cardinality(%(hours)s::int[]))::int],
            secs => floor(random() * 3600)))::timestamp AT TIME ZONE %(zone)s AS at,
        1 + CASE WHEN random() < 0.85 THEN face ELSE floor(random() * 1000)::bigint END
            %% cardinality(%(kiosks)s) AS place, random() AS fate,
        (ARRAY[20000, 20000, 20000, 20000, 10000, 5000, 40000])[1 + floor(random() * 7)::int]
            - floor(random() * 240)::int AS wanted
    FROM customer c
    CROSS JOIN generate_series(%(since)s::date, %(until)s::date, interval '1 day') AS day
    CROSS JOIN LATERAL generate_series(1, floor(random() * (0.7 + (c.face %% 5) * 0.45)
        + 0.45 + 0 * extract(day FROM day))::int) AS turn
    UNION ALL
    SELECT NULL, NULL, NULL, 0, (day + interval '7 hours')::timestamp AT TIME ZONE %(zone)s, place,
        1, 20000
    FROM generate_series(%(since)s::date, %(until)s::date, interval '7 days') AS day, kiosk
), poured AS (
    SELECT v.tag_id, v.wallet_id, v.account_id, k.id AS kiosk_id, k.site_id, k.place, v.at,
        CASE WHEN fate < 0.02 THEN 0 WHEN fate < 0.05 THEN wanted / 3 ELSE wanted END AS ml,
        CASE WHEN fate < 0.02 THEN 'aborted' WHEN fate < 0.05 THEN 'partial'
            ELSE 'completed' END AS state,
        CASE WHEN fate < 0.02 THEN 'user' WHEN fate < 0.05 THEN 'no_flow' ELSE 'target' END AS stop,
        CASE WHEN v.at < %(dearer)s THEN 1 ELSE 2 END AS v
    FROM visit v JOIN kiosk k USING (place)
    WHERE v.at > %(since)s AND v.at < %(until)s
), numbered AS (
    SELECT p.*, (p.place = 2 AND p.at > %(lost)s)::int AS lost,
        row_number() OVER counted AS number, sum(ml) OVER counted AS total
    FROM poured p
    WINDOW counted AS (PARTITION BY kiosk_id ORDER BY at, tag_id ROWS UNBOUNDED PRECEDING)
)
SELECT n.*, number + lost AS seq, total + 20000 * lost AS totalizer_ml,
    CASE WHEN n.wallet_id IS NULL THEN 0
        ELSE ml * (%(prices)s::bigint[])[v] / 1000 END AS cost,
    'water:' || q.public_id || ':1:' || number + lost AS key
FROM numbered n JOIN {schema}.water_kiosk q ON q.id = n.kiosk_id

-- name: moves
-- What each dispense took; and some minutes before it, where the wallet would not do, a top-up.
CREATE TEMPORARY TABLE demo_move ON COMMIT DROP AS
WITH paid AS (
    SELECT key, account_id, at, cost, sum(cost) OVER (PARTITION BY account_id ORDER BY at, seq
        ROWS UNBOUNDED PRECEDING) AS spent
    FROM demo_pour WHERE cost > 0
), move AS (
    SELECT key, 'dispense.hold' AS kind, account_id, %(revenue)s::bigint AS other, -cost AS amount, at
    FROM paid
    UNION ALL
    SELECT 'topup:' || key, 'topup.mpesa', account_id, %(clearing)s,
        (ceil(spent / %(step)s) - ceil((spent - cost) / %(step)s))::bigint * %(step)s,
        at - interval '7 minutes'
    FROM paid WHERE ceil(spent / %(step)s) > ceil((spent - cost) / %(step)s)
)
SELECT m.*, sum(amount) OVER (PARTITION BY account_id ORDER BY at, amount DESC, key
    ROWS UNBOUNDED PRECEDING)::bigint AS balance
FROM move m

-- name: transfers
INSERT INTO {schema}.ledger_transfer
    (kind, idempotency_key, body_sha256, amount, reason, actor, actor_name, created_at)
SELECT kind, key, sha256(key::bytea), abs(amount), '', 'system', '', at FROM demo_move
ORDER BY at, amount DESC, key

-- name: entries
INSERT INTO {schema}.ledger_entry (transfer_id, account_id, amount, balance_after, created_at)
SELECT t.id, side.account, side.amount, side.balance, m.at
FROM demo_move m JOIN {schema}.ledger_transfer t ON t.idempotency_key = m.key
CROSS JOIN LATERAL (VALUES (m.account_id, m.amount, m.balance), (m.other, -m.amount, NULL))
    AS side(account, amount, balance)
ORDER BY t.id, side.account

-- name: balances
UPDATE {schema}.ledger_account a SET posted = m.sum
FROM (SELECT account_id, sum(amount) AS sum FROM demo_move GROUP BY 1) m WHERE a.id = m.account_id

-- name: dispenses
INSERT INTO {schema}.water_transactions (received_on, received_at, kiosk_id, site_id, epoch, seq,
    state, mode, tag_id, wallet_id, transfer, pulses, ml, totalizer_ml, dur_ms, stop, tariff_v,
    currency, cost_micro, captured_micro, clk, up_ms, device_time, happened_at, business_day)
SELECT (p.at AT TIME ZONE 'UTC')::date, p.at, p.kiosk_id, p.site_id, 1, p.seq, p.state,
    CASE WHEN p.wallet_id IS NULL THEN 'staff' ELSE 'hold' END, p.tag_id, p.wallet_id, t.id,
    p.ml * %(pulses)s / 1000, p.ml, p.totalizer_ml, p.ml * 4, p.stop, p.v, %(currency)s, p.cost,
    p.cost, 'synced', extract(epoch FROM p.at - %(since)s)::bigint * 1000, p.at, p.at,
    (p.at AT TIME ZONE %(zone)s)::date
FROM demo_pour p LEFT JOIN {schema}.ledger_transfer t ON t.idempotency_key = p.key
ORDER BY p.at

-- name: claims
INSERT INTO {schema}.water_dispenseclaim
    (kiosk_id, epoch, seq, body_sha256, answer, up_ms, trusted_at)
SELECT kiosk_id, epoch, seq, sha256((kiosk_id || ':' || seq)::bytea),
    json_build_object('epoch', epoch, 'seq', seq, 'status', state,
        'id', to_char(received_on, 'YYYYMMDD') || '.' || id, 'balance_micro', NULL)::text,
    up_ms, device_time
FROM {schema}.water_transactions
WHERE kiosk_id = ANY (%(kiosks)s) AND received_on BETWEEN %(since)s::date AND %(until)s::date

-- name: epochs
INSERT INTO {schema}.water_kioskepoch (kiosk_id, epoch, ack_through, max_seq)
SELECT kiosk_id, 1, coalesce(min(seq) FILTER (WHERE lost = 1) - 2, max(seq)), max(seq)
FROM demo_pour GROUP BY 1

-- name: seen
-- Kiosks speak of themselves also when nobody draws.
UPDATE {schema}.water_kiosk k SET last_seen_at = now(), health_at = now(), firmware = '2.4.1',
    health = jsonb_build_object('fw', '2.4.1', 'cfg', k.config_version, 'bat_mv', 3900 + p.seq %% 250,
        'rssi', -60 - p.seq %% 30, 'tank_pct', 35 + p.seq %% 60, 'door', 'closed', 'queue', 0)
FROM (SELECT kiosk_id, max(seq) AS seq FROM demo_pour GROUP BY 1) p
WHERE k.id = p.kiosk_id

-- name: settle
ANALYZE {schema}.water_transactions, {schema}.water_dispenseclaim, {schema}.ledger_entry,
    {schema}.ledger_transfer
