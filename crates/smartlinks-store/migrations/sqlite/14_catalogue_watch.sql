-- What the watch of imported products does about a kind of change, where somebody has chosen.
create table watch_policies (
    kind text not null primary key,
    action text not null,
    above_percent text,
    updated_at integer not null
) strict;
-- Until when the watch of all instances together has used up its part of the call budget, in microseconds.
insert into counters (name, value) values ('watch_pace', 0);

-- What was done about a change that AliExpress made; none for what somebody did here.
alter table catalogue_changes add column outcome text;
create index catalogue_changes_drift on catalogue_changes (at, id) where outcome is not null;

-- Why AliExpress could not be asked about a product the last time, as long as it cannot.
alter table catalogue_products add column check_problem text;
create index catalogue_products_failing on catalogue_products (id) where check_problem is not null;

-- Variants that AliExpress names no more, and what a person has chosen in their place.
create index catalogue_skus_gone on catalogue_skus (catalogue_id, sku_id) where gone_at is not null;
create table sku_repairs (
    catalogue_id text not null references catalogue_products (id) on delete cascade,
    sku_id text not null,
    replaced_by text not null,
    at integer not null,
    primary key (catalogue_id, sku_id)
) strict, without rowid;

-- What was imported before there was a watch is looked at from now on.
update catalogue_products set next_check_at = checked_at where next_check_at is null;
