-- Sign-ins with an OpenID Connect provider that are under way.
create table oidc_attempts (
    state_hash text not null primary key,
    browser_hash text not null,
    return_to text,
    created_at integer not null,
    expires_at integer not null,
    consumed_at integer
) strict;
create index oidc_attempts_old on oidc_attempts (expires_at);

-- Whom the provider means. An operator has one identity with each issuer, and an identity one operator.
create table oidc_identities (
    issuer text not null,
    subject text not null,
    operator_id text not null references operators (id) on delete cascade,
    linked_at integer not null,
    primary key (issuer, subject),
    unique (issuer, operator_id)
) strict;
create index oidc_identities_of_operator on oidc_identities (operator_id);
