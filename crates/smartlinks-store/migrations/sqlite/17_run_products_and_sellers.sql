-- The products that get the rule of a run when it is put in force, those whose prices stay as they are among them.
create table price_run_products (
    run_id text not null references price_runs (id) on delete cascade,
    catalogue_id text not null,
    primary key (run_id, catalogue_id)
) strict, without rowid;

-- Messages of AliExpress may name an account by its number as a seller.
create index connections_seller on connections (account_seller_id, id) where account_seller_id is not null;
