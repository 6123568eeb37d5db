-- Limits on devices while a tenant is held back (ADR 8).

-- name: wc_devices_online
-- Other devices of the account with a session that is not silent for more than 2.5 interim
-- intervals before the ingester's watermark, or before the tenant's own while its records wait
-- (neither a backlog nor a fault must make sessions look silent).
CREATE OR REPLACE FUNCTION {schema}.wc_devices_online(
    p_username text, p_mac text, p_interim integer
) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = {schema}, extensions, pg_temp AS $$
BEGIN
    RETURN (SELECT count(DISTINCT coalesce(o.callingstationid, o.acctuniqueid))
        FROM {schema}.radacct_open o
        WHERE o.username = p_username AND o.acctstoptime IS NULL
            AND o.callingstationid IS DISTINCT FROM public.wc_mac(nullif(p_mac, ''))
            AND o.acctupdatetime >= least(now(),
                    (SELECT s.watermark FROM public.spool_state s WHERE s.spool = 'acct'),
                    (SELECT h.watermark FROM public.spool_held h
                        WHERE h.spool = 'acct' AND h.tenant = {schema_literal}))
                - make_interval(secs => 2.5 * p_interim));
END
$$
