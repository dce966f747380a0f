create table connect_links (
    id text not null primary key,
    token_hash text not null unique,
    label text,
    connection_id text references connections (id),
    created_by text not null,
    created_at integer not null,
    expires_at integer not null,
    consumed_at integer,
    revoked_at integer,
    -- The sign-in that was started with it, and how that ended.
    attempt_hash text,
    outcome_result text,
    outcome_connection_id text,
    finished_at integer
) strict;
create index connect_links_page on connect_links (created_at, id);
create index connect_links_attempt on connect_links (attempt_hash);

alter table login_attempts add column other_account integer;

create table pushes (
    -- SHA-256 of the raw body: what repeats have in common.
    id text not null primary key,
    message_type integer,
    -- Sealed; emptied as soon as nothing needs it any more.
    body blob,
    sealed_with text,
    state text not null,
    outcome text,
    received_at integer not null,
    attempts integer not null,
    next_attempt_at integer,
    lease_owner text,
    lease_until integer,
    finished_at integer
) strict;
create index pushes_due on pushes (next_attempt_at) where next_attempt_at is not null;
create index pushes_old on pushes (received_at);
create index pushes_sealed_with on pushes (sealed_with) where sealed_with is not null;
