-- Compared as the ids of the intents are: an index is used to find one by the other only where both compare alike.
alter table known_orders alter column intent_id type text collate "C";
-- The pages of AliExpress's states.
create index known_orders_status on known_orders (status, added_at, order_id);
-- How many orders there are in each of them. Kept in the change of each order: counting a million takes its time.
create table order_counts (
    connection_id text collate "C" not null references connections (id),
    status text collate "C" not null,
    orders bigint not null,
    primary key (connection_id, status)
);
insert into order_counts (connection_id, status, orders)
    select connection_id, status, count(*) from known_orders group by connection_id, status;
-- What is not finished of the orders placed from here, by state.
create index order_intents_unfinished on order_intents (state) where finished_at is null;
