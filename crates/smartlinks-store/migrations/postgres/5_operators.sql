-- People who run the page. There is no default one: the first comes in by a link that the first start prints.
insert into counters (name, value) values ('operators', 0);

create table operators (
    id text collate "C" not null primary key,
    name text not null,
    -- The name in lower case: two operators do not differ by capitals alone.
    name_key text not null,
    -- Argon2id in PHC form; none until a password was chosen.
    password_hash text,
    created_at bigint not null,
    password_set_at bigint,
    disabled_at bigint
);
create unique index operators_name on operators (name_key);

create table sessions (
    -- SHA-256 of the id in the cookie, hexadecimal.
    id_hash text collate "C" not null primary key,
    operator_id text not null references operators (id),
    created_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    address text,
    agent text
);
create index sessions_operator on sessions (operator_id, last_seen_at);
create index sessions_expired on sessions (expires_at);
create index sessions_idle on sessions (last_seen_at);

create table sign_in_links (
    -- SHA-256 of the token in the link, hexadecimal.
    token_hash text collate "C" not null primary key,
    purpose text not null,
    operator_id text references operators (id),
    created_at bigint not null,
    expires_at bigint not null,
    consumed_at bigint,
    check ((purpose = 'first_start') = (operator_id is null))
);
create index sign_in_links_operator on sign_in_links (operator_id);
create index sign_in_links_expired on sign_in_links (expires_at);
