-- The filters of the drift, and what is forgotten of it sooner.
create index catalogue_changes_kind on catalogue_changes (kind, at, id) where outcome is not null;
create index catalogue_changes_outcome on catalogue_changes (outcome, at, id) where outcome is not null;
create index catalogue_changes_kind_outcome on catalogue_changes (kind, outcome, at, id) where outcome is not null;
-- Whether a product is among the lines of an import already.
create index import_lines_product on import_lines (job_id, product_id);
-- Shops look at codes without regard to capitals, and codes of two connections stand beside each other.
create index catalogue_skus_code_folded on catalogue_skus (lower(own_code), connection_id, own_code)
    where own_code is not null;
