-- When AliExpress is asked about an order next. New ones are looked at once; none for those that are over.
alter table known_orders add column next_poll_at bigint default 0;
alter table known_orders add column poll_owner text;
alter table known_orders add column poll_until bigint;
alter table known_orders add column poll_failures bigint not null default 0;
-- Why somebody should look at it, in a stable word.
alter table known_orders add column alert text;
-- The carrier's number of its first parcel.
alter table known_orders add column parcel text;
create index known_orders_poll on known_orders (next_poll_at) where next_poll_at is not null;
create index known_orders_alert on known_orders (alert, added_at, order_id) where alert is not null;
create index known_orders_parcel on known_orders (parcel) where parcel is not null;
create index known_orders_intent on known_orders (intent_id) where intent_id is not null;
