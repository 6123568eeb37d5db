-- Finding customers by any part of what they are known by (radius/searches.py).
-- The operator class lives in `extensions`; a role needs no right of its own to use an index.

-- name: index_search_words
-- Words of a customer in any order, each from its beginning on.
CREATE INDEX radius_subscriber_words ON {schema}.radius_subscriber USING gin (to_tsvector('simple',
    lower(username || ' ' || name || ' ' || phone || ' ' || regexp_replace(phone, '[^0-9]', '', 'g'))));

-- name: index_search_parts
-- Any part of it, also with a slip of the keyboard.
CREATE INDEX radius_subscriber_parts ON {schema}.radius_subscriber USING gin (
    lower(username || ' ' || name || ' ' || phone || ' ' || regexp_replace(phone, '[^0-9]', '', 'g'))
    extensions.gin_trgm_ops);
