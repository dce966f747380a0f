//! From rows to connections and their sealed pairs.

use secrecy::SecretString;

use super::{Account, Connection, TABLE, TokenMaterial};
use crate::seal::{Place, Sealer, Sealing};
use crate::sql::{Fields, Row};
use crate::{Inconsistency, StoreError};

/// The columns of a [`Connection`]; no token material among them.
macro_rules! connection_columns {
    () => {
        "id, label, account_user_id, account_seller_id, account_havana_id, account_account_id, \
         account_nick, account_platform, account_sp, account_locale, state, reason, generation, \
         obtained_at, works_until, sign_in_again_by, signed_in_at, next_refresh_at, refresh_begun_at, \
         refresh_interrupted_at, refresh_failures, last_refresh_at, last_failure_at, last_failure_code, \
         is_default, created_at, updated_at"
    };
}
pub(crate) use connection_columns;

/// The columns of a [`SealedPairs`].
macro_rules! sealed_columns {
    () => {
        "access_token, refresh_token, previous_access_token, previous_refresh_token, \
         previous_generation, previous_works_until"
    };
}
pub(crate) use sealed_columns;

pub(crate) fn connection(row: &Row) -> Result<Connection, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(Connection {
        id: fields.parsed("id")?,
        label: fields.maybe_text("label")?,
        account: account(&fields)?,
        state: fields.parsed("state")?,
        reason: fields.maybe_text("reason")?,
        generation: fields.int("generation")?,
        obtained_at: fields.maybe_moment("obtained_at")?,
        works_until: fields.maybe_moment("works_until")?,
        sign_in_again_by: fields.maybe_moment("sign_in_again_by")?,
        signed_in_at: fields.moment("signed_in_at")?,
        next_refresh_at: fields.maybe_moment("next_refresh_at")?,
        refresh_failures: fields.int("refresh_failures")?,
        last_refresh_at: fields.maybe_moment("last_refresh_at")?,
        last_failure_at: fields.maybe_moment("last_failure_at")?,
        last_failure_code: fields.maybe_text("last_failure_code")?,
        refresh_begun_at: fields.maybe_moment("refresh_begun_at")?,
        refresh_interrupted_at: fields.maybe_moment("refresh_interrupted_at")?,
        is_default: fields.flag("is_default")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
    })
}

fn account(fields: &Fields<'_>) -> Result<Account, Inconsistency> {
    Ok(Account {
        user_id: fields.text("account_user_id")?,
        seller_id: fields.maybe_text("account_seller_id")?,
        havana_id: fields.maybe_text("account_havana_id")?,
        account_id: fields.maybe_text("account_account_id")?,
        nick: fields.maybe_text("account_nick")?,
        platform: fields.maybe_text("account_platform")?,
        sp: fields.maybe_text("account_sp")?,
        locale: fields.maybe_text("account_locale")?,
    })
}

pub(crate) fn connections(rows: &[Row]) -> Result<Vec<Connection>, StoreError> {
    rows.iter().map(connection).collect()
}

/// The pair of columns that a pair of tokens is sealed in.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub(crate) access: &'static str,
    pub(crate) refresh: &'static str,
}

pub(crate) const PRESENT: Columns = Columns {
    access: "access_token",
    refresh: "refresh_token",
};
pub(crate) const PREVIOUS: Columns = Columns {
    access: "previous_access_token",
    refresh: "previous_refresh_token",
};

/// A pair in sealed form.
#[derive(Clone, Default)]
pub(crate) struct SealedPair {
    pub(crate) access: Option<Vec<u8>>,
    pub(crate) refresh: Option<Vec<u8>>,
}

/// Opens the pair of a row; none where there is no access token.
pub(crate) fn open_pair(
    sealer: &Sealer,
    fields: &Fields<'_>,
    columns: Columns,
) -> Result<Option<TokenMaterial>, StoreError> {
    let open = |column: &'static str| -> Result<Option<SecretString>, StoreError> {
        let place = Place {
            table: TABLE,
            column,
            row: fields.id(),
        };
        let blob = fields.maybe_blob(column)?;
        blob.map(|blob| sealer.open(place, &blob)).transpose()
    };
    let Some(access_token) = open(columns.access)? else {
        return Ok(None);
    };
    Ok(Some(TokenMaterial {
        access_token,
        refresh_token: open(columns.refresh)?,
    }))
}

/// Seals a pair for the columns of one row.
pub(crate) fn seal_pair(
    sealing: &Sealing,
    row: &str,
    columns: Columns,
    material: &TokenMaterial,
) -> Result<SealedPair, StoreError> {
    let seal = |column: &'static str, secret: &SecretString| {
        let place = Place {
            table: TABLE,
            column,
            row,
        };
        sealing.seal(place, secret)
    };
    Ok(SealedPair {
        access: Some(seal(columns.access, &material.access_token)?),
        refresh: material
            .refresh_token
            .as_ref()
            .map(|token| seal(columns.refresh, token))
            .transpose()?,
    })
}

/// Seals a pair that may be missing.
pub(crate) fn seal_some(
    sealing: &Sealing,
    row: &str,
    columns: Columns,
    material: Option<&TokenMaterial>,
) -> Result<SealedPair, StoreError> {
    match material {
        Some(material) => seal_pair(sealing, row, columns, material),
        None => Ok(SealedPair::default()),
    }
}
