//! The repository over a database.

use async_trait::async_trait;

use super::{
    Binding, DESCRIPTION_LENGTH, EndedLogin, Hash, LoginAttempt, LoginAttemptRepository,
    NewLoginAttempt, Outcome,
};
use crate::sql::{Fields, Row, Session, Value, Write, values};
use crate::store::DatabaseStore;
use crate::{Inconsistency, Millis, StoreError};

const TABLE: &str = "login_attempts";
const BROWSER: &str = "browser";
const HEADLESS: &str = "headless";
const CONNECT_LINK: &str = "connect_link";

/// Stores a new attempt; its parameters are [`attempt_values`].
pub(crate) const INSERT_ATTEMPT: &str = "insert into login_attempts (state_hash, binding, \
     browser_hash, caller_state, return_to, connection_id, other_account, label, created_at, expires_at) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(crate) fn attempt_values(new: &NewLoginAttempt) -> Vec<Value> {
    let (binding, browser) = match new.binding {
        Binding::Browser(hash) => (BROWSER, Some(hex::encode(hash))),
        Binding::ConnectLink(hash) => (CONNECT_LINK, Some(hex::encode(hash))),
        Binding::Headless => (HEADLESS, None),
    };
    values![
        hex::encode(new.state_hash),
        binding,
        browser,
        new.caller_state.clone(),
        new.return_to.clone(),
        new.connection.as_ref(),
        i64::from(new.other_account),
        new.label.clone(),
        new.created_at,
        new.expires_at,
    ]
}

/// What a stored sign-in is read from.
macro_rules! attempt_columns {
    () => {
        "state_hash, binding, browser_hash, caller_state, return_to, connection_id, other_account, label, \
         created_at, expires_at, consumed_at, outcome_result, outcome_connection_id, outcome_description"
    };
}

/// Only whoever may, in time, and once.
struct Consume {
    state_hash: Hash,
    browser: Option<Hash>,
    now: Millis,
}

#[async_trait]
impl Write for Consume {
    type Output = Option<LoginAttempt>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError> {
        // Both sides of the comparison are hashes, so how long it takes tells nothing of the cookie.
        const CONSUME: &str = concat!(
            "update login_attempts set consumed_at = $2 where state_hash = $1 and consumed_at is null \
             and expires_at > $2 and (binding = 'headless' or browser_hash = $3) returning ",
            attempt_columns!()
        );
        let values = values![
            hex::encode(self.state_hash),
            self.now,
            self.browser.map(hex::encode),
        ];
        let row = session.first(CONSUME, values).await?;
        row.map(|row| attempt(self.state_hash, &row)).transpose()
    }
}

/// Keeps how a sign-in ended, inside a transaction. The first outcome stays, also in the link that started it.
pub(crate) async fn end(session: &mut Session<'_>, ended: &EndedLogin) -> Result<bool, StoreError> {
    const FINISH: &str = "update login_attempts set outcome_result = $2, \
         outcome_connection_id = $3, outcome_description = $4, finished_at = $5 \
         where state_hash = $1 and outcome_result is null returning state_hash, binding";
    const TELL_LINK: &str = "update connect_links set outcome_result = $2, \
         outcome_connection_id = $3, finished_at = $4 \
         where attempt_hash = $1 and outcome_result is null";
    let (state_hash, outcome) = (hex::encode(ended.state_hash), &ended.outcome);
    let description = outcome
        .error_description
        .as_ref()
        .map(|text| text.chars().take(DESCRIPTION_LENGTH).collect::<String>());
    let values = values![
        state_hash.as_str(),
        outcome.result.as_str(),
        outcome.connection.as_ref(),
        description,
        ended.at,
    ];
    let Some(row) = session.first(FINISH, values).await? else {
        return Ok(false);
    };
    if row.fields(TABLE, "state_hash")?.text("binding")? == CONNECT_LINK {
        let values = values![
            state_hash,
            outcome.result.as_str(),
            outcome.connection.as_ref(),
            ended.at,
        ];
        session.execute(TELL_LINK, values).await?;
    }
    Ok(true)
}

struct Finish(EndedLogin);

#[async_trait]
impl Write for Finish {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        end(session, &self.0).await
    }
}

#[async_trait]
impl LoginAttemptRepository for DatabaseStore {
    async fn create(&self, new: NewLoginAttempt) -> Result<(), StoreError> {
        self.database
            .execute(INSERT_ATTEMPT, attempt_values(&new))
            .await
            .map(|_| ())
    }

    async fn look_up(&self, state_hash: &Hash) -> Result<Option<LoginAttempt>, StoreError> {
        const SELECT: &str = concat!(
            "select ",
            attempt_columns!(),
            " from login_attempts where state_hash = $1"
        );
        let row = self
            .database
            .first(SELECT, values![hex::encode(state_hash)])
            .await?;
        row.map(|row| attempt(*state_hash, &row)).transpose()
    }

    async fn consume(
        &self,
        state_hash: &Hash,
        browser: Option<&Hash>,
        now: Millis,
    ) -> Result<Option<LoginAttempt>, StoreError> {
        let consume = Consume {
            state_hash: *state_hash,
            browser: browser.copied(),
            now,
        };
        self.database.write(consume).await
    }

    async fn finish(&self, ended: EndedLogin) -> Result<bool, StoreError> {
        self.database.write(Finish(ended)).await
    }

    async fn prune(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from login_attempts where state_hash in \
             (select state_hash from login_attempts where expires_at < $1 order by expires_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
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
        // Rows of the first version say nothing, which means no.
        other_account: fields.maybe_int("other_account")? == Some(1),
        label: fields.maybe_text("label")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
        consumed_at: fields.maybe_moment("consumed_at")?,
        outcome: outcome(&fields)?,
    })
}

fn binding(fields: &Fields<'_>) -> Result<Binding, Inconsistency> {
    let bound: fn(Hash) -> Binding = match fields.text("binding")?.as_str() {
        HEADLESS => return Ok(Binding::Headless),
        BROWSER => Binding::Browser,
        CONNECT_LINK => Binding::ConnectLink,
        _ => return Err(fields.wrong("binding")),
    };
    let mut hash = Hash::default();
    hex::decode_to_slice(fields.text("browser_hash")?, &mut hash)
        .map_err(|_| fields.wrong("browser_hash"))?;
    Ok(bound(hash))
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
