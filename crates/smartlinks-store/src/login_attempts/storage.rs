//! The repository over a database.

use async_trait::async_trait;

use super::{
    Binding, DESCRIPTION_LENGTH, Hash, LoginAttempt, LoginAttemptRepository, NewLoginAttempt,
    Outcome,
};
use crate::sql::{Fields, Row, values};
use crate::store::DatabaseStore;
use crate::{Inconsistency, Millis, StoreError};

const TABLE: &str = "login_attempts";
const BROWSER: &str = "browser";
const HEADLESS: &str = "headless";

#[async_trait]
impl LoginAttemptRepository for DatabaseStore {
    async fn create(&self, new: NewLoginAttempt) -> Result<(), StoreError> {
        const INSERT: &str = "insert into login_attempts (state_hash, binding, browser_hash, \
             caller_state, return_to, connection_id, label, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (binding, browser) = match new.binding {
            Binding::Browser(hash) => (BROWSER, Some(hex::encode(hash))),
            Binding::Headless => (HEADLESS, None),
        };
        let values = values![
            hex::encode(new.state_hash),
            binding,
            browser,
            new.caller_state,
            new.return_to,
            new.connection.as_ref(),
            new.label,
            new.created_at,
            new.expires_at,
        ];
        self.database.execute(INSERT, values).await.map(|_| ())
    }

    async fn look_up(&self, state_hash: &Hash) -> Result<Option<LoginAttempt>, StoreError> {
        const SELECT: &str = "select state_hash, binding, browser_hash, caller_state, return_to, \
             connection_id, label, created_at, expires_at, consumed_at, outcome_result, \
             outcome_connection_id, outcome_description from login_attempts where state_hash = $1";
        let row = self
            .database
            .first(SELECT, values![hex::encode(state_hash)])
            .await?;
        row.map(|row| attempt(*state_hash, &row)).transpose()
    }

    async fn consume(&self, state_hash: &Hash, now: Millis) -> Result<bool, StoreError> {
        const CONSUME: &str = "update login_attempts set consumed_at = $2 \
             where state_hash = $1 and consumed_at is null";
        self.changed(CONSUME, values![hex::encode(state_hash), now])
            .await
    }

    async fn finish(
        &self,
        state_hash: &Hash,
        outcome: Outcome,
        now: Millis,
    ) -> Result<bool, StoreError> {
        const FINISH: &str = "update login_attempts set outcome_result = $2, \
             outcome_connection_id = $3, outcome_description = $4, finished_at = $5 \
             where state_hash = $1 and outcome_result is null";
        let description = outcome
            .error_description
            .map(|text| text.chars().take(DESCRIPTION_LENGTH).collect::<String>());
        let values = values![
            hex::encode(state_hash),
            outcome.result,
            outcome.connection.as_ref(),
            description,
            now,
        ];
        self.changed(FINISH, values).await
    }

    async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from login_attempts where expires_at < $1";
        self.database.execute(PRUNE, values![before]).await
    }
}

fn attempt(state_hash: Hash, row: &Row) -> Result<LoginAttempt, StoreError> {
    let fields = row.fields(TABLE, "state_hash")?;
    Ok(LoginAttempt {
        state_hash,
        binding: binding(&fields)?,
        caller_state: fields.maybe_text("caller_state")?,
        return_to: fields.maybe_text("return_to")?,
        connection: fields.maybe_parsed("connection_id")?,
        label: fields.maybe_text("label")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
        consumed_at: fields.maybe_moment("consumed_at")?,
        outcome: outcome(&fields)?,
    })
}

fn binding(fields: &Fields<'_>) -> Result<Binding, Inconsistency> {
    let mut hash = Hash::default();
    match fields.text("binding")?.as_str() {
        HEADLESS => Ok(Binding::Headless),
        BROWSER => match hex::decode_to_slice(fields.text("browser_hash")?, &mut hash) {
            Ok(()) => Ok(Binding::Browser(hash)),
            Err(_) => Err(fields.wrong("browser_hash")),
        },
        _ => Err(fields.wrong("binding")),
    }
}

fn outcome(fields: &Fields<'_>) -> Result<Option<Outcome>, Inconsistency> {
    let Some(result) = fields.maybe_text("outcome_result")? else {
        return Ok(None);
    };
    Ok(Some(Outcome {
        result,
        connection: fields.maybe_parsed("outcome_connection_id")?,
        error_description: fields.maybe_text("outcome_description")?,
    }))
}
