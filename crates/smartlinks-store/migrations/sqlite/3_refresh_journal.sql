-- One row for each attempt to refresh a pair: pending before the gateway is called, then how it ended.
-- No token stands here, only which of the kept pairs was spent.
create table refresh_journal (
    connection_id text not null references connections (id),
    number integer not null,
    generation integer not null,
    spends text not null,
    owner text not null,
    begun_at integer not null,
    outcome text not null,
    code text,
    ended_at integer,
    primary key (connection_id, number),
    check ((outcome = 'pending') = (ended_at is null))
) strict;
create unique index refresh_journal_pending on refresh_journal (connection_id) where outcome = 'pending';
create index refresh_journal_old on refresh_journal (ended_at) where ended_at is not null;
