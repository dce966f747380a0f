create table meta (
    key text not null primary key,
    value text not null
) strict;

-- Numbers that grow by one under a row lock: they put writers in a row where their order matters.
create table counters (
    name text not null primary key,
    value integer not null
) strict;
insert into counters (name, value) values ('connections', 0), ('events', 0);

create table connections (
    id text not null primary key,
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
    generation integer not null,
    -- Sealed; see the README. sealed_with is the key id of all four.
    access_token blob,
    refresh_token blob,
    previous_access_token blob,
    previous_refresh_token blob,
    previous_generation integer,
    previous_works_until integer,
    sealed_with text,
    obtained_at integer,
    works_until integer,
    sign_in_again_by integer,
    signed_in_at integer not null,
    next_refresh_at integer,
    refresh_owner text,
    refresh_lease_until integer,
    refresh_begun_at integer,
    refresh_interrupted_at integer,
    refresh_failures integer not null,
    last_refresh_at integer,
    last_failure_at integer,
    last_failure_code text,
    is_default integer not null,
    created_at integer not null,
    updated_at integer not null,
    check ((state = 'disconnected') = (access_token is null))
) strict;
create unique index connections_one_default on connections (is_default) where is_default = 1;
create index connections_due on connections (next_refresh_at) where next_refresh_at is not null;
create index connections_changed on connections (updated_at);
create index connections_sealed_with on connections (sealed_with);

create table login_attempts (
    state_hash text not null primary key,
    binding text not null,
    browser_hash text,
    caller_state text,
    return_to text,
    connection_id text references connections (id),
    label text,
    created_at integer not null,
    expires_at integer not null,
    consumed_at integer,
    outcome_result text,
    outcome_connection_id text,
    outcome_description text,
    finished_at integer
) strict;
create index login_attempts_expired on login_attempts (expires_at);

create table known_orders (
    order_id text not null primary key,
    connection_id text not null references connections (id),
    status text not null,
    logistics_status text,
    amount text,
    currency text,
    store_name text,
    title text,
    placed_at text,
    snapshot_json text not null,
    fetched_at integer not null,
    added_at integer not null
) strict;
create index known_orders_page on known_orders (added_at, order_id);

create table events (
    id integer not null primary key,
    kind text not null,
    connection_id text,
    order_id text,
    data_json text not null,
    at integer not null
) strict;
create index events_old on events (at);
