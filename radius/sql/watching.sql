-- When routers were heard (services/watching.py). Queries of the tenant's own role, and one of the
-- platform's.

-- name: heard
-- Each router's last packet since a moment, and the last one of a session that still owes news: it
-- is online, or was ended only because none came. By the indexes of open and of ended sessions.
SELECT address, max(at), max(owing) FROM (
    SELECT host(o.nasipaddress) AS address, max(o.acctupdatetime) AS at,
        max(o.acctupdatetime) AS owing
    FROM {schema}.radacct_open o
    WHERE o.acctstoptime IS NULL AND o.nasipaddress IS NOT NULL GROUP BY o.nasipaddress
    UNION ALL
    SELECT host(o.nasipaddress), max(o.acctupdatetime),
        max(o.acctupdatetime) FILTER (WHERE o.acctterminatecause = 'Stale-Session')
    FROM {schema}.radacct_open o
    WHERE o.acctstoptime > %(since)s AND o.nasipaddress IS NOT NULL GROUP BY o.nasipaddress
    UNION ALL
    SELECT host(l.nasipaddress), max(l.authdate), NULL
    FROM {schema}.radpostauth l
    WHERE l.authdate > %(since)s AND l.nasipaddress IS NOT NULL GROUP BY l.nasipaddress
) heard WHERE at > %(since)s GROUP BY address

-- name: held
-- Where records of this tenant have waited since a moment or longer (ADR 8).
SELECT spool, since, records FROM {schema}.spool_held
WHERE tenant = %(tenant)s AND since <= %(since)s ORDER BY spool

-- name: applied
-- Up to when everything that routers sent is applied; NULL: nothing ever was, or this tenant's
-- records wait (ADR 8), so that nobody can say who is silent.
SELECT CASE WHEN NOT EXISTS (SELECT FROM {schema}.spool_held WHERE tenant = %(tenant)s)
    THEN min(watermark) FILTER (WHERE watermark > '-infinity') END
FROM {schema}.spool_state
