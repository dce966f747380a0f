-- The next look at a connection's sign-in deadline, and the step of the warning ladder that was last told
-- (days before the deadline; 0 when it has passed). Connections that are there already are looked at once.
alter table connections add column next_warning_at integer;
alter table connections add column warned_step integer;
update connections set next_warning_at = 0 where state <> 'disconnected' and sign_in_again_by is not null;
create index connections_to_warn on connections (next_warning_at) where next_warning_at is not null;

create table webhook_endpoints (
    id text not null primary key,
    url text not null,
    description text,
    -- `*`, or kinds of events with a blank on either side of each.
    kinds text not null,
    -- Sealed; see the README. sealed_with is the key id of both.
    secret blob not null,
    former_secret blob,
    former_secret_until integer,
    sealed_with text not null,
    -- Grows with every new secret, so that two rotations do not both win.
    secret_version integer not null,
    state text not null,
    disabled_reason text,
    disabled_at integer,
    failing_since integer,
    last_success_at integer,
    last_failure_at integer,
    last_failure text,
    created_at integer not null,
    updated_at integer not null
) strict;
create index webhook_endpoints_sealed_with on webhook_endpoints (sealed_with);

create table webhook_deliveries (
    -- The `webhook-id`: the same in every attempt.
    id text not null primary key,
    endpoint_id text not null references webhook_endpoints (id) on delete cascade,
    event_id integer not null,
    kind text not null,
    state text not null,
    attempts integer not null,
    -- How many attempts were behind it when it was last queued: the back-off counts from there.
    queued_after integer not null,
    next_attempt_at integer,
    lease_owner text,
    lease_until integer,
    created_at integer not null,
    finished_at integer,
    check ((state = 'pending') = (next_attempt_at is not null))
) strict;
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at)
    where next_attempt_at is not null;
create index webhook_deliveries_page on webhook_deliveries (endpoint_id, event_id, id);
create index webhook_deliveries_old on webhook_deliveries (finished_at) where finished_at is not null;

create table webhook_attempts (
    delivery_id text not null references webhook_deliveries (id) on delete cascade,
    number integer not null,
    at integer not null,
    duration_ms integer not null,
    status integer,
    error text,
    answer text,
    primary key (delivery_id, number)
) strict;
