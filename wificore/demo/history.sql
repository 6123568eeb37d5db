-- Ninety days that never were: sessions, usage and logins of the demo's customers, set-wise.
-- Nothing of it goes into the audit trail or the event log, which tell only what happened.

-- name: known
-- Until when there is history of these customers; NULL: there is none yet.
SELECT max(acctstoptime) FROM {schema}.radacct WHERE username = ANY (%(names)s)

-- name: same
-- The same dice for the same tenant.
SELECT setseed(%(seed)s)

-- name: sessions
-- Evenings more than mornings, weekends more than weekdays, some customers more than others; a
-- session ends before the customer's next one begins, and all end before now.
INSERT INTO {schema}.radacct (radacctid, acctsessionid, acctuniqueid, username, nasipaddress,
    nasporttype, acctstarttime, acctupdatetime, acctstoptime, acctsessiontime, acctauthentic,
    acctinputoctets, acctoutputoctets, callingstationid, calledstationid, ssid,
    acctterminatecause, framedipaddress)
WITH customer AS (
    SELECT s.username, s.created_at, s.expires_at, s.status, coalesce(p.download_kbps, 5000) AS kbps,
        ('x' || substr(md5(s.username), 1, 8))::bit(32)::bigint AS face,
        coalesce(p.session_timeout_s, 6 * 3600) AS longest
    FROM {schema}.radius_subscriber s JOIN {schema}.radius_plan p ON p.id = s.plan_id
    WHERE s.username = ANY (%(names)s)
), visit AS (
    SELECT c.*, (day + make_interval(
            hours => (%(hours)s::int[])[1 + floor(random() * cardinality(%(hours)s::int[]))::int],
            secs => floor(random() * 3600)))::timestamp AT TIME ZONE %(zone)s AS start,
        60 + least(-ln(1 - random()) * 3000, c.longest - 60)::int AS seconds
    FROM customer c
    CROSS JOIN generate_series(%(since)s::date, %(until)s::date, interval '1 day') AS day
    CROSS JOIN LATERAL generate_series(1, floor(random() * (1.2 + (c.face %% 5) * 0.9)
        * (CASE WHEN extract(isodow FROM day) >= 6 THEN 1.45 ELSE 1 END) + 0.35)::int) AS turn
), ordered AS (
    SELECT v.*, lead(start) OVER (PARTITION BY username ORDER BY start) AS following
    FROM visit v
    WHERE start > greatest(%(since)s, created_at) AND start < coalesce(expires_at, 'infinity')
), ended AS (
    SELECT o.*, least(start + make_interval(secs => seconds),
        coalesce(following - interval '2 minutes', 'infinity')) AS stop
    FROM ordered o
), moved AS (
    SELECT e.*, extract(epoch FROM stop - start)::bigint AS lasted,
        (extract(epoch FROM stop - start) * kbps * 125
            * (0.01 + 0.16 * power(random(), 3)))::bigint AS down
    FROM ended e WHERE stop > start + interval '30 seconds' AND stop < %(until)s
    ORDER BY start
)
SELECT nextval('{schema}.radacct_radacctid_seq'), substr(md5(username || start::text), 1, 16),
    md5(username || start::text || 'demo'), username,
    (%(routers)s::inet[])[1 + face %% cardinality(%(routers)s::inet[])], 'Wireless-802.11',
    start, stop, stop, lasted, 'RADIUS', (down * (0.04 + 0.1 * random()))::bigint, down,
    upper(regexp_replace(substr(md5(username || 'mac'), 1, 12), '^(.)(.)(..)(..)(..)(..)(..)$',
        '\16-\3-\4-\5-\6-\7')),
    '02-00-00-00-00-01:' || %(ssid)s, %(ssid)s,
    (ARRAY['User-Request', 'User-Request', 'User-Request', 'User-Request', 'Idle-Timeout',
        'Idle-Timeout', 'Lost-Carrier', 'Lost-Carrier', 'Session-Timeout', 'NAS-Reboot'])
        [1 + floor(random() * 10)::int],
    '10.20.0.0'::inet + (face %% 60000)
FROM moved

-- name: usage
-- What they used on each UTC day, as the ingester counts it.
INSERT INTO {schema}.usage_daily (username, day, octets_in, octets_out, seconds, sessions)
SELECT username, (acctstoptime AT TIME ZONE 'UTC')::date, sum(acctinputoctets),
    sum(acctoutputoctets), sum(acctsessiontime), count(*)
FROM {schema}.radacct
WHERE username = ANY (%(names)s) AND acctstoptime > %(since)s AND acctstoptime < %(until)s
GROUP BY 1, 2
ON CONFLICT (username, day) DO UPDATE SET
    octets_in = usage_daily.octets_in + excluded.octets_in,
    octets_out = usage_daily.octets_out + excluded.octets_out,
    seconds = usage_daily.seconds + excluded.seconds,
    sessions = usage_daily.sessions + excluded.sessions

-- name: logins
-- One that was let in before each session; now and then one or two that were not; and after the day
-- on which somebody's time ran out, some who tried nevertheless.
INSERT INTO {schema}.radpostauth (username, reply, reason, callingstationid, calledstationid, ssid,
    nasipaddress, authdate)
SELECT username, reply, reason, callingstationid, calledstationid, ssid, nasipaddress, at FROM (
    SELECT username, 'Access-Accept' AS reply, NULL AS reason, callingstationid, calledstationid,
        ssid, nasipaddress, acctstarttime - interval '1 second' AS at
    FROM {schema}.radacct
    WHERE username = ANY (%(names)s) AND acctstoptime > %(since)s AND acctstoptime < %(until)s
    UNION ALL
    SELECT username, 'Access-Reject', (%(reasons)s::text[])
            [1 + floor(power(random(), 2) * cardinality(%(reasons)s::text[]))::int],
        callingstationid, calledstationid, ssid, nasipaddress,
        acctstarttime - make_interval(secs => 5 + floor(random() * 90))
    FROM {schema}.radacct
    WHERE username = ANY (%(names)s) AND acctstoptime > %(since)s AND acctstoptime < %(until)s
        AND random() < 0.07
    UNION ALL
    SELECT s.username, 'Access-Reject', 'expired', NULL, '02-00-00-00-00-01:' || %(ssid)s, %(ssid)s,
        (%(routers)s::inet[])[1], s.expires_at + make_interval(mins => n * 37)
    FROM {schema}.radius_subscriber s CROSS JOIN generate_series(1, 4) AS n
    WHERE s.username = ANY (%(names)s) AND s.expires_at > %(since)s
        AND s.expires_at + make_interval(mins => n * 37) < %(until)s
) login WHERE at > %(since)s ORDER BY at

-- name: settle
-- The planner should know of it at once.
ANALYZE {schema}.radacct, {schema}.radpostauth, {schema}.usage_daily, {schema}.radius_subscriber
