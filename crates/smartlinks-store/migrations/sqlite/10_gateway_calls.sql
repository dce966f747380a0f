-- How many requests the instances have sent to the gateway: one row for each method, outcome and slice of time.
create table gateway_calls (
    app_key text not null,
    begins_at integer not null,
    method text not null,
    outcome text not null,
    calls integer not null,
    primary key (app_key, begins_at, method, outcome)
) strict;
create index gateway_calls_old on gateway_calls (begins_at);
