-- For whom products are looked at, as whoever looks has chosen it last.
create table markets (
    -- The id of an operator or of an API key; 'everybody' for those who have none.
    holder text not null primary key,
    ship_to text not null,
    currency text not null,
    language text not null,
    changed_at integer not null
) strict;
