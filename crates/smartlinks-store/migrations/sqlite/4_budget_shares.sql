-- Who may use how many of an app's calls per second. A row counts until its lease has run out.
create table budget_shares (
    app_key text not null,
    budget text not null,
    instance text not null,
    wish integer not null,
    held integer not null,
    lease_until integer not null,
    primary key (app_key, budget, instance)
) strict;
create index budget_shares_ended on budget_shares (lease_until);
-- Its row lock puts those who divide in a row.
insert into counters (name, value) values ('budget_shares', 0);
