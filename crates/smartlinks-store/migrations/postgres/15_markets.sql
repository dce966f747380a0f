-- For whom products are looked at, as whoever looks has chosen it last.
create table markets (
    -- The id of an operator or of an API key; 'everybody' for those who have none.
    holder text collate "C" not null primary key,
    ship_to text collate "C" not null,
    currency text collate "C" not null,
    language text collate "C" not null,
    changed_at bigint not null
);
