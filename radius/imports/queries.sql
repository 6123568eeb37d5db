-- Staged rows beside what is stored, and from there into it (radius/imports). All set-wise.

-- name: beside
-- Each staged row with what it means in this schema. A plan is named, or numbered where no plan
-- has that name. `first_line`: the first line with the same user name.
SELECT r.line, first_value(r.line) OVER (PARTITION BY r.username ORDER BY r.line) AS first_line,
    r.has_password, r.plan <> '' AS has_plan, coalesce(p.id, n.id) AS plan_id, s.id AS known
FROM {schema}.radius_import_row r
LEFT JOIN {schema}.radius_plan p ON p.name = r.plan
LEFT JOIN {schema}.radius_plan n
    ON n.id = CASE WHEN r.plan ~ '^[0-9]{1,18}$' THEN r.plan::bigint END
LEFT JOIN {schema}.radius_subscriber s ON s.username = r.username
WHERE r.batch_id = %(batch)s
ORDER BY r.line

-- name: hold
-- From here to the commit nobody else writes subscribers; reads and logins go on.
LOCK TABLE {schema}.radius_subscriber IN SHARE ROW EXCLUSIVE MODE

-- name: hold_plans
-- No plan that is used is renamed or deleted meanwhile.
SELECT 1 FROM {schema}.radius_plan FOR SHARE

-- name: known
-- Accounts that have the rows' user names, as they are: before, those that are changed; after, all.
SELECT s.id, s.username, s.name, s.phone, s.plan_id AS plan, s.status, s.expires_at
FROM {schema}.radius_import_row r
JOIN {schema}.radius_subscriber s ON s.username = r.username
WHERE r.batch_id = %(batch)s

-- name: change
-- Accounts that exist: cells that are not given keep what is stored.
UPDATE {schema}.radius_subscriber s SET
    plan_id = coalesce(p.id, n.id, s.plan_id),
    name = coalesce(nullif(r.name, ''), s.name),
    phone = coalesce(nullif(r.phone, ''), s.phone),
    status = coalesce(nullif(r.status, ''), s.status),
    expires_at = coalesce(r.expires_at, s.expires_at)
FROM {schema}.radius_import_row r
LEFT JOIN {schema}.radius_plan p ON p.name = r.plan
LEFT JOIN {schema}.radius_plan n
    ON n.id = CASE WHEN r.plan ~ '^[0-9]{1,18}$' THEN r.plan::bigint END
WHERE r.batch_id = %(batch)s AND s.username = r.username

-- name: make
-- Accounts that are new, in the file's order.
INSERT INTO {schema}.radius_subscriber
    (username, name, phone, plan_id, status, expires_at, created_at)
SELECT r.username, r.name, r.phone, coalesce(p.id, n.id),
    coalesce(nullif(r.status, ''), 'active'), r.expires_at, now()
FROM {schema}.radius_import_row r
LEFT JOIN {schema}.radius_plan p ON p.name = r.plan
LEFT JOIN {schema}.radius_plan n
    ON n.id = CASE WHEN r.plan ~ '^[0-9]{1,18}$' THEN r.plan::bigint END
WHERE r.batch_id = %(batch)s AND NOT EXISTS (
    SELECT FROM {schema}.radius_subscriber s WHERE s.username = r.username)
ORDER BY r.line

-- name: passwords
-- Stored passwords of accounts whose row brings none.
SELECT c.username, c.value
FROM {schema}.radius_import_row r
JOIN {schema}.radcheck c ON c.username = r.username AND c.attribute = 'Cleartext-Password'
WHERE r.batch_id = %(batch)s AND NOT r.has_password

-- name: forget_checks
-- Check items of the rows' user names, before they are written anew.
DELETE FROM {schema}.radcheck c USING {schema}.radius_import_row r
WHERE r.batch_id = %(batch)s AND c.username = r.username

-- name: forget_groups
-- The same for their groups.
DELETE FROM {schema}.radusergroup g USING {schema}.radius_import_row r
WHERE r.batch_id = %(batch)s AND g.username = r.username

-- name: groups
-- The group of each account that has a plan: its plan's (models.Plan.group).
INSERT INTO {schema}.radusergroup (username, groupname, priority)
SELECT s.username, 'plan-' || s.plan_id, 1
FROM {schema}.radius_import_row r
JOIN {schema}.radius_subscriber s ON s.username = r.username
WHERE r.batch_id = %(batch)s AND s.plan_id IS NOT NULL

-- name: copy_checks
-- Check items as data, not as text of a statement: no log of the server can show a password.
COPY {schema}.radcheck (username, attribute, op, value) FROM STDIN (FORMAT csv)

-- name: forget_rows
-- The staged rows of one import.
DELETE FROM {schema}.radius_import_row WHERE batch_id = %(batch)s

-- name: forget
-- The import itself; no row: somebody else has ended it.
DELETE FROM {schema}.radius_import WHERE id = %(batch)s
