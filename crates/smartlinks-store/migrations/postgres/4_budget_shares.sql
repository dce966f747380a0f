-- Who may use how many of an app's calls per second. A row counts until its lease has run out.
create table budget_shares (
    app_key text collate "C" not null,
    budget text collate "C" not null,
    instance text collate "C" not null,
    wish bigint not null,
    held bigint not null,
    lease_until bigint not null,
    primary key (app_key, budget, instance)
);
create index budget_shares_ended on budget_shares (lease_until);
-- Its row lock puts those who divide in a row.
insert into counters (name, value) values ('budget_shares', 0);
