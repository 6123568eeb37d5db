-- The hash chain that seals a schema's audit trail (ADR 12).

-- name: create_audit_seal
-- Append-only. Each seal covers exactly the rows whose numbers are in `ids`, all of one UTC day, so
-- that none reaches over two partitions. It was made when every row before `since` had been looked
-- at, and looks at those before `upto`; what was covered from before `since` came late.
CREATE TABLE {schema}.audit_seal (
    seq bigint PRIMARY KEY CHECK (seq > 0),
    format smallint NOT NULL,
    made_at timestamptz NOT NULL,
    since timestamptz NOT NULL,
    upto timestamptz NOT NULL,
    day date NOT NULL,
    rows integer NOT NULL CHECK (rows > 0),
    late integer NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    ids int8multirange NOT NULL,
    leaves bytea NOT NULL,
    digest bytea NOT NULL,
    previous bytea NOT NULL,
    key_id varchar(64) NOT NULL,
    mac bytea NOT NULL
)

-- name: plain_audit_seal
-- Hashes do not compress, so nobody should try.
ALTER TABLE {schema}.audit_seal ALTER leaves SET STORAGE EXTERNAL

-- name: index_audit_seal_day
-- The seals of one day: what the next seal and every verification ask for.
CREATE INDEX audit_seal_day ON {schema}.audit_seal (day)
