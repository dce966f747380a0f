-- How often in a row AliExpress has said that no stock could be reserved.
alter table order_intents add column stock_answers integer not null default 0;
-- The pages of one state.
create index order_intents_state on order_intents (state, created_at, id);
-- The same order of another caller under the same key.
create index order_intents_key on order_intents (idempotency_key);
-- What may have come of an intent.
create index known_orders_of_no_intent on known_orders (connection_id, added_at, order_id) where intent_id is null;
