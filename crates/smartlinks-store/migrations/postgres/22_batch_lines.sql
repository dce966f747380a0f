-- What a line of a file of orders asks for, and for whom, hashed: an order of an earlier file is found by it.
alter table order_intents add column batch_line text;
create index order_intents_batch_line on order_intents (batch_line, created_at, id) where batch_line is not null;
