CREATE ROLE wc_radius LOGIN PASSWORD 'p@ss'' ${x}';
CREATE TABLE answers (
    id serial PRIMARY KEY, tenant text NOT NULL, username text NOT NULL,
    attribute text NOT NULL, value text NOT NULL, op text NOT NULL DEFAULT ':='
);
CREATE TABLE asked (username text, nas text, mac text, called text);
CREATE SCHEMA ts_acme;
CREATE SCHEMA ts_blue;
CREATE FUNCTION ts_acme.wc_authorize_v1(p_username text, p_nas text, p_mac text, p_called text)
RETURNS TABLE (id int, username text, attribute text, value text, op text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER AS $$ BEGIN
    INSERT INTO public.asked VALUES (p_username, p_nas, p_mac, p_called);
    RETURN QUERY SELECT a.id, a.username, a.attribute, a.value, a.op FROM public.answers a
        WHERE a.tenant = 'ts_acme' AND a.username = p_username ORDER BY a.id;
END $$;
CREATE FUNCTION ts_blue.wc_authorize_v1(p_username text, p_nas text, p_mac text, p_called text)
RETURNS TABLE (id int, username text, attribute text, value text, op text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT a.id, a.username, a.attribute, a.value, a.op FROM public.answers a
        WHERE a.tenant = 'ts_blue' AND a.username = p_username ORDER BY a.id;
$$;
GRANT USAGE ON SCHEMA ts_acme, ts_blue TO wc_radius;
