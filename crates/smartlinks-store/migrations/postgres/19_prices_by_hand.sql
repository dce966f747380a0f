-- The merchant has set the price of the variant by hand: price rules leave it alone.
alter table catalogue_skus add column price_by_hand bigint not null default 0;
