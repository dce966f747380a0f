-- The next look at a connection's sign-in deadline, and the step of the warning ladder that was last told
-- (days before the deadline; 0 when it has passed). Connections that are there already are looked at once.
alter table connections add column next_warning_at bigint;
alter table connections add column warned_step bigint;
update connections set next_warning_at = 0 where state <> 'disconnected' and sign_in_again_by is not null;
create index connections_to_warn on connections (next_warning_at) where next_warning_at is not null;

create table webhook_endpoints (
    id text collate "C" not null primary key,
    url text not null,
    description text,
    -- `*`, or kinds of events with a blank on either side of each.
    kinds text not null,
    -- Sealed; see the README. sealed_with is the key id of both.
    secret bytea not null,
    former_secret bytea,
    former_secret_until bigint,
    sealed_with text not null,
    -- Grows with every new secret, so that two rotations do not both win.
    secret_version bigint not null,
    state text not null,
    disabled_reason text,
    disabled_at bigint,
    failing_since bigint,
    last_success_at bigint,
    last_failure_at bigint,
    last_failure text,
    created_at bigint not null,
    updated_at bigint not null
);
create index webhook_endpoints_sealed_with on webhook_endpoints (sealed_with);

create table webhook_deliveries (
    -- The `webhook-id`: the same in every attempt.
    id text collate "C" not null primary key,
    endpoint_id text collate "C" not null references webhook_endpoints (id) on delete cascade,
    event_id bigint not null,
    kind text not null,
    state text not null,
    attempts bigint not null,
    -- How many attempts were behind it when it was last queued: the back-off counts from there.
    queued_after bigint not null,
    next_attempt_at bigint,
    lease_owner text,
    lease_until bigint,
    created_at bigint not null,
    finished_at bigint,
    check ((state = 'pending') = (next_attempt_at is not null))
);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at)
    where next_attempt_at is not null;
create index webhook_deliveries_page on webhook_deliveries (endpoint_id, event_id, id);
create index webhook_deliveries_old on webhook_deliveries (finished_at) where finished_at is not null;

create table webhook_attempts (
    delivery_id text collate "C" not null references webhook_deliveries (id) on delete cascade,
    number bigint not null,
    at bigint not null,
    duration_ms bigint not null,
    status bigint,
    error text,
    answer text,
    primary key (delivery_id, number)
);
