-- Keys of software. Of the secret only its SHA-256 is kept.
create table api_keys (
    id text not null primary key,
    prefix text not null unique,
    secret_hash text not null,
    name text not null,
    scopes text not null,
    created_by_kind text not null,
    created_by text,
    created_at integer not null,
    expires_at integer,
    revoked_at integer,
    last_used_at integer
) strict;
