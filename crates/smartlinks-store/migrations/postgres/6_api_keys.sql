-- Keys of software. Of the secret only its SHA-256 is kept.
create table api_keys (
    id text collate "C" not null primary key,
    prefix text collate "C" not null unique,
    secret_hash text not null,
    name text not null,
    scopes text not null,
    created_by_kind text not null,
    created_by text,
    created_at bigint not null,
    expires_at bigint,
    revoked_at bigint,
    last_used_at bigint
);
