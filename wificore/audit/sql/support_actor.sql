-- A support session is an actor of its own kind.

-- name: allow_support
-- Partitions have the check as their own (they were made like the parent), so each lets it go.
DO $do$
DECLARE
    partition regclass;
BEGIN
    ALTER TABLE {schema}.audit_entry DROP CONSTRAINT IF EXISTS audit_entry_actor_kind_check;
    FOR partition IN
        SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = '{schema}.audit_entry'::regclass
    LOOP
        EXECUTE format(
            'ALTER TABLE %s DROP CONSTRAINT IF EXISTS audit_entry_actor_kind_check', partition);
    END LOOP;
    ALTER TABLE {schema}.audit_entry ADD CONSTRAINT audit_entry_actor_kind_check
        CHECK (actor_kind IN ('user', 'anonymous', 'system', 'support'));
END
$do$
