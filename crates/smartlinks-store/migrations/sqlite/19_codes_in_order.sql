-- The merchant's own codes in their order, so that one that stands at two connections is found without reading the rows.
drop index catalogue_skus_own_code;
create unique index catalogue_skus_own_code on catalogue_skus (own_code, connection_id) where own_code is not null;
