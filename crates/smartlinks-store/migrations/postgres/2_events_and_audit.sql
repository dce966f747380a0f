-- Who did what, when, from where, and how it ended. Numbers grow in the order of commits, as those of events do.
insert into counters (name, value) values ('audit', 0);

create table audit (
    id bigint not null primary key,
    at bigint not null,
    actor_kind text not null,
    actor_id text,
    actor_name text,
    actor_address text,
    action text not null,
    connection_id text,
    subject text,
    outcome text not null,
    data_json text not null
);
create index audit_old on audit (at);
create index audit_connection on audit (connection_id, id);
create index audit_action on audit (action, id);
