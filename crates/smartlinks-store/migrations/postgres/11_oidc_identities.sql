-- Sign-ins with an OpenID Connect provider that are under way.
create table oidc_attempts (
    state_hash text collate "C" not null primary key,
    browser_hash text not null,
    return_to text,
    created_at bigint not null,
    expires_at bigint not null,
    consumed_at bigint
);
create index oidc_attempts_old on oidc_attempts (expires_at);

-- Whom the provider means. An operator has one identity with each issuer, and an identity one operator.
create table oidc_identities (
    issuer text collate "C" not null,
    subject text collate "C" not null,
    operator_id text collate "C" not null references operators (id) on delete cascade,
    linked_at bigint not null,
    primary key (issuer, subject),
    unique (issuer, operator_id)
);
create index oidc_identities_of_operator on oidc_identities (operator_id);
