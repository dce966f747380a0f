create table order_intents (
    id text collate "C" not null primary key,
    -- Whose idempotency key it is, and the key.
    caller text not null,
    idempotency_key text not null,
    -- SHA-256 of what was asked for, to tell a repetition from another request under the same key.
    request_hash text not null,
    connection_id text not null references connections (id),
    -- The account at that time: an idempotency key of AliExpress counts for one account only.
    account_user_id text not null,
    -- Made once, before any call, and never replaced.
    out_order_id text not null unique,
    -- What is sent, to the byte. Names people, so it is sealed, and emptied when nothing is to be sent any more.
    request bytea,
    sealed_with text,
    -- What is ordered, without people.
    summary_json text not null,
    state text not null,
    reason text,
    detail text,
    -- The numbers that AliExpress gave, with a space between.
    order_ids text not null,
    -- The first sending of which an order can have come; null as long as none can.
    first_sent_at bigint,
    attempts bigint not null,
    next_attempt_at bigint,
    lease_owner text,
    lease_until bigint,
    created_at bigint not null,
    changed_at bigint not null,
    finished_at bigint,
    unique (caller, idempotency_key)
);
create index order_intents_page on order_intents (created_at, id);
create index order_intents_due on order_intents (next_attempt_at) where next_attempt_at is not null;
create index order_intents_open on order_intents (connection_id, created_at) where finished_at is null;
create index order_intents_old on order_intents (finished_at) where finished_at is not null;
create index order_intents_sealed_with on order_intents (sealed_with) where sealed_with is not null;

-- The intent that an order came of.
alter table known_orders add column intent_id text;
