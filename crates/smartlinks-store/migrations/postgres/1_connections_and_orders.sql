-- Keys are compared byte by byte, as SQLite does, so that pages come in the same order.
create table meta (
    key text collate "C" not null primary key,
    value text not null
);

-- Numbers that grow by one under a row lock: they put writers in a row where their order matters.
create table counters (
    name text collate "C" not null primary key,
    value bigint not null
);
insert into counters (name, value) values ('connections', 0), ('events', 0);

create table connections (
    id text collate "C" not null primary key,
    label text,
    account_user_id text not null unique,
    account_seller_id text,
    account_havana_id text,
    account_account_id text,
    account_nick text,
    account_platform text,
    account_sp text,
    account_locale text,
    state text not null,
    reason text,
    generation bigint not null,
    -- Sealed; see the README. sealed_with is the key id of all four.
    access_token bytea,
    refresh_token bytea,
    previous_access_token bytea,
    previous_refresh_token bytea,
    previous_generation bigint,
    previous_works_until bigint,
    sealed_with text,
    obtained_at bigint,
    works_until bigint,
    sign_in_again_by bigint,
    signed_in_at bigint not null,
    next_refresh_at bigint,
    refresh_owner text,
    refresh_lease_until bigint,
    refresh_begun_at bigint,
    refresh_interrupted_at bigint,
    refresh_failures bigint not null,
    last_refresh_at bigint,
    last_failure_at bigint,
    last_failure_code text,
    is_default bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    check ((state = 'disconnected') = (access_token is null))
);
create unique index connections_one_default on connections (is_default) where is_default = 1;
create index connections_due on connections (next_refresh_at) where next_refresh_at is not null;
create index connections_changed on connections (updated_at);
create index connections_sealed_with on connections (sealed_with);

create table login_attempts (
    state_hash text collate "C" not null primary key,
    binding text not null,
    browser_hash text,
    caller_state text,
    return_to text,
    connection_id text references connections (id),
    label text,
    created_at bigint not null,
    expires_at bigint not null,
    consumed_at bigint,
    outcome_result text,
    outcome_connection_id text,
    outcome_description text,
    finished_at bigint
);
create index login_attempts_expired on login_attempts (expires_at);

create table known_orders (
    order_id text collate "C" not null primary key,
    connection_id text not null references connections (id),
    status text not null,
    logistics_status text,
    amount text,
    currency text,
    store_name text,
    title text,
    placed_at text,
    snapshot_json text not null,
    fetched_at bigint not null,
    added_at bigint not null
);
create index known_orders_page on known_orders (added_at, order_id);

create table events (
    id bigint not null primary key,
    kind text not null,
    connection_id text,
    order_id text collate "C",
    data_json text not null,
    at bigint not null
);
create index events_old on events (at);
