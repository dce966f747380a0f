//! How all connections stand together: numbers for metrics and for the doctor, in one look.

use serde::Serialize;

use super::TABLE;
use crate::sql::{Database, values};
use crate::{Millis, StoreError};

const DAY_MS: i64 = 86_400_000;

/// How all connections stand together, and what lies ahead of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// Connections whose pair works and is renewed.
    pub active: i64,
    /// Those whose last refreshes failed for a passing reason.
    pub degraded: i64,
    /// Those whose account has to sign in again, also because the deadline has passed.
    pub reauthorization_required: i64,
    /// Stubs of those that were ended.
    pub disconnected: i64,
    /// Refreshes that are due now, those that somebody is working on included.
    pub due: i64,
    /// Active and degraded connections whose account has to sign in again within 14, 7, 3 and 1 days.
    pub sign_in_within: [i64; 4],
    /// The next sign-in deadline ahead.
    pub next_sign_in_by: Option<Millis>,
    /// The longest life of an access token that was observed, in milliseconds; none when no life is known.
    pub longest_life_ms: Option<i64>,
    /// The longest sign-in window that was observed, in milliseconds; none when no deadline is known.
    pub longest_window_ms: Option<i64>,
}

impl Outlook {
    /// The steps of [`sign_in_within`](Self::sign_in_within), in days.
    pub const DAYS: [i64; 4] = [14, 7, 3, 1];

    /// All that are not disconnected.
    #[must_use]
    pub const fn connected(&self) -> i64 {
        self.active + self.degraded + self.reauthorization_required
    }
}

// `$1` is the present; `$2` to `$5` are the steps of the ladder from now.
const OUTLOOK: &str = "select 'all' as id, \
     count(case when state = 'active' and (sign_in_again_by is null or sign_in_again_by > $1) then 1 end) as active, \
     count(case when state = 'degraded' and (sign_in_again_by is null or sign_in_again_by > $1) then 1 end) as degraded, \
     count(case when state = 'reauthorization_required' \
         or (state in ('active', 'degraded') and sign_in_again_by <= $1) then 1 end) as ended, \
     count(case when state = 'disconnected' then 1 end) as disconnected, \
     count(case when next_refresh_at <= $1 then 1 end) as due, \
     count(case when state in ('active', 'degraded') and sign_in_again_by > $1 and sign_in_again_by <= $2 then 1 end) as step_1, \
     count(case when state in ('active', 'degraded') and sign_in_again_by > $1 and sign_in_again_by <= $3 then 1 end) as step_2, \
     count(case when state in ('active', 'degraded') and sign_in_again_by > $1 and sign_in_again_by <= $4 then 1 end) as step_3, \
     count(case when state in ('active', 'degraded') and sign_in_again_by > $1 and sign_in_again_by <= $5 then 1 end) as step_4, \
     min(case when state in ('active', 'degraded') and sign_in_again_by > $1 then sign_in_again_by end) as next_sign_in_by, \
     max(case when state <> 'disconnected' then works_until - obtained_at end) as longest_life, \
     max(case when state <> 'disconnected' then sign_in_again_by - signed_in_at end) as longest_window \
     from connections";

pub(crate) async fn outlook(database: &Database, now: Millis) -> Result<Outlook, StoreError> {
    let [a, b, c, d] = Outlook::DAYS.map(|days| now.plus(days * DAY_MS));
    let Some(row) = database.first(OUTLOOK, values![now, a, b, c, d]).await? else {
        return Ok(Outlook::default());
    };
    let fields = row.fields(TABLE, "id")?;
    Ok(Outlook {
        active: fields.int("active")?,
        degraded: fields.int("degraded")?,
        reauthorization_required: fields.int("ended")?,
        disconnected: fields.int("disconnected")?,
        due: fields.int("due")?,
        sign_in_within: [
            fields.int("step_1")?,
            fields.int("step_2")?,
            fields.int("step_3")?,
            fields.int("step_4")?,
        ],
        next_sign_in_by: fields.maybe_moment("next_sign_in_by")?,
        longest_life_ms: fields.maybe_int("longest_life")?,
        longest_window_ms: fields.maybe_int("longest_window")?,
    })
}
