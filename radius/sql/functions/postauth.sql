-- Login attempts from the spool.

-- name: wc_postauth_batch_v1
-- Appends this tenant's records of the staging table to radpostauth; returns how many. Long fields
-- are cut, MACs are spelled one way, and there is no password in a record.
CREATE OR REPLACE FUNCTION {schema}.wc_postauth_batch_v1() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, extensions, pg_temp AS $$
DECLARE
    v_now bigint := extract(epoch FROM now());
    v_count bigint;
BEGIN
    PERFORM public.wc_stage_owned('pg_temp.wc_postauth_stage');
    INSERT INTO {schema}.radpostauth (username, reply, reason, callingstationid, calledstationid,
        ssid, nasipaddress, nasidentifier, nasportid, authdate)
    SELECT left(coalesce(s.username, ''), 253), left(s.reply, 32), left(s.reason, 128),
        left(public.wc_mac(s.calling), 253), left(public.wc_mac(s.called), 253),
        left(public.wc_ssid(s.called), 253), s.nas, left(s.nas_identifier, 253),
        left(s.port_id, 253), CASE
            WHEN s.received BETWEEN v_now - 2592000 AND v_now + 3600
            THEN to_timestamp(s.received) ELSE now() END
    FROM pg_temp.wc_postauth_stage s WHERE s.tenant = {schema_literal};
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$
