-- How many requests the instances have sent to the gateway: one row for each method, outcome and slice of time.
create table gateway_calls (
    app_key text collate "C" not null,
    begins_at bigint not null,
    method text collate "C" not null,
    outcome text collate "C" not null,
    calls bigint not null,
    primary key (app_key, begins_at, method, outcome)
);
create index gateway_calls_old on gateway_calls (begins_at);
