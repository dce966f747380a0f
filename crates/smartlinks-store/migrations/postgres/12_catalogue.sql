-- How prices come from costs, and what currencies are worth: both as an operator has entered them.
create table price_rules (
    id text collate "C" not null primary key,
    name text not null unique,
    rule_json text not null,
    -- Grows with every change, so that of two editors one learns that it was late.
    version bigint not null,
    is_default bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);
create unique index price_rules_one_default on price_rules (is_default) where is_default = 1;
-- Puts those who choose the default rule or delete one in a row.
insert into counters (name, value) values ('price_rules', 0);

create table exchange_rates (
    from_currency text not null,
    to_currency text not null,
    rate text not null,
    at bigint not null,
    primary key (from_currency, to_currency)
);

-- Rows are read in the order of their ids, the latest first, and are kept narrow for it: a search looks at many of
-- them. What only one product's page shows stands in catalogue_details.
create table catalogue_products (
    id text collate "C" not null primary key,
    connection_id text collate "C" not null references connections (id),
    -- AliExpress's number.
    product_id text collate "C" not null,
    -- Grows with every change: whoever writes has to have seen the one before.
    version bigint not null,
    state text not null,
    availability text not null,
    -- Each between line breaks, so that one pattern finds a whole label.
    labels text collate "C" not null,
    -- Everything a search finds it by, in small letters without accents.
    search text collate "C" not null,
    title text not null,
    source_title text not null,
    ship_to text not null,
    currency text not null,
    language text not null,
    image text,
    shop text,
    rule_id text collate "C" references price_rules (id),
    checked_at bigint not null,
    -- The watch: when to look next, and who is looking.
    next_check_at bigint,
    check_owner text,
    check_lease_until bigint,
    check_failures bigint not null,
    added_at bigint not null,
    updated_at bigint not null,
    unique (connection_id, product_id)
);
create index catalogue_products_state on catalogue_products (state, id);
create index catalogue_products_rule on catalogue_products (rule_id) where rule_id is not null;
create index catalogue_products_due on catalogue_products (next_check_at) where next_check_at is not null;

create table catalogue_details (
    catalogue_id text collate "C" not null primary key references catalogue_products (id) on delete cascade,
    details_json text not null
);

create table catalogue_skus (
    catalogue_id text collate "C" not null references catalogue_products (id) on delete cascade,
    sku_id text collate "C" not null,
    -- The product's connection: a code of the merchant's own means one variant there.
    connection_id text collate "C" not null references connections (id),
    position bigint not null,
    attr text not null,
    properties_json text not null,
    image text,
    own_code text,
    chosen bigint not null,
    cost text,
    currency text,
    stock bigint,
    price text,
    price_currency text,
    gone_at bigint,
    -- What could take the place of a variant that is gone, and why.
    replacement_sku_id text,
    replacement_reason text,
    replacement_confidence bigint,
    replacement_at bigint,
    primary key (catalogue_id, sku_id)
);
create unique index catalogue_skus_own_code on catalogue_skus (connection_id, own_code) where own_code is not null;

create table catalogue_changes (
    id text collate "C" not null primary key,
    catalogue_id text collate "C" not null references catalogue_products (id) on delete cascade,
    sku_id text,
    kind text not null,
    before_json text,
    after_json text,
    at bigint not null
);
create index catalogue_changes_page on catalogue_changes (catalogue_id, at, id);
create index catalogue_changes_old on catalogue_changes (at);

-- What rules would do to prices, as it was shown before it was applied.
create table price_runs (
    id text collate "C" not null primary key,
    -- What was asked for and what came of it, in numbers.
    summary_json text not null,
    -- The rule that the products get with it, when one was named.
    rule_id text,
    created_at bigint not null,
    applied_at bigint
);
create index price_runs_old on price_runs (created_at);

create table price_run_lines (
    run_id text collate "C" not null references price_runs (id) on delete cascade,
    number bigint not null,
    catalogue_id text collate "C" not null,
    sku_id text collate "C" not null,
    cost text,
    cost_currency text,
    before text,
    before_currency text,
    -- None when the variant has a problem and keeps what it has.
    price text,
    price_currency text,
    -- How it came about, for whoever reads it.
    line_json text not null,
    primary key (run_id, number)
);

-- Imports of many products that a person started. Any instance works on them, one at a time on each.
create table import_jobs (
    id text collate "C" not null primary key,
    state text not null,
    -- Connection, market, labels and rule of every line.
    request_json text not null,
    lines bigint not null,
    imported bigint not null,
    failed bigint not null,
    -- Why it rests, while it does.
    problem_json text,
    next_at bigint,
    lease_owner text,
    lease_until bigint,
    created_at bigint not null,
    updated_at bigint not null,
    finished_at bigint,
    check ((state = 'running') = (next_at is not null))
);
create index import_jobs_due on import_jobs (next_at) where next_at is not null;
create index import_jobs_old on import_jobs (finished_at) where finished_at is not null;

create table import_lines (
    job_id text collate "C" not null references import_jobs (id) on delete cascade,
    number bigint not null,
    -- AliExpress's number.
    product_id text collate "C" not null,
    -- Variants, labels and rule of this line alone.
    wish_json text not null,
    state text not null,
    attempts bigint not null,
    catalogue_id text collate "C",
    problem_json text,
    at bigint,
    primary key (job_id, number)
);
create index import_lines_state on import_lines (job_id, state, number);
