//! How all connections stand together: numbers for metrics and for the doctor, in one look.
//!
//! Each number is counted through an index, never from the rows, whose sealed columns make them wide. Only that of the
//! active connections grows with all there are: at a million it takes some tens of milliseconds, so whoever asks often
//! keeps the answer for a while.

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
    /// Active and degraded connections whose account has to sign in again within 30, 14, 7, 3 and 1 days.
    pub sign_in_within: [i64; 5],
    /// The next sign-in deadline ahead.
    pub next_sign_in_by: Option<Millis>,
    /// The longest life of an access token among the thousand connections that changed last, in milliseconds; none when
    /// no life is known.
    pub longest_life_ms: Option<i64>,
    /// The longest sign-in window among the thousand connections that changed last, in milliseconds; none when no
    /// deadline is known.
    pub longest_window_ms: Option<i64>,
}

impl Outlook {
    /// The steps of [`sign_in_within`](Self::sign_in_within), in days.
    pub const DAYS: [i64; 5] = [30, 14, 7, 3, 1];

    /// Everything that was counted.
    #[must_use]
    pub const fn all(&self) -> i64 {
        self.connected() + self.disconnected
    }

    /// All that are not disconnected.
    #[must_use]
    pub const fn connected(&self) -> i64 {
        self.active + self.degraded + self.reauthorization_required
    }
}

/// How many connections, those that changed last, tell how long tokens live: enough to meet one with a whole life, and
/// the app's mode of today counts, not that of years ago.
macro_rules! lately {
    () => {
        "(select max(works_until - obtained_at) as longest_life, \
             max(sign_in_again_by - signed_in_at) as longest_window from \
             (select state, works_until, obtained_at, sign_in_again_by, signed_in_at from connections \
             order by updated_at desc limit 1000) changed where state <> 'disconnected') lately"
    };
}

/// Connections of one state, with a condition on their deadline.
macro_rules! count {
    ($state:literal $($deadline:literal)?) => {
        concat!("(select count(*) from connections where state = '", $state, "'" $(, " and ", $deadline)?, ")")
    };
}

macro_rules! count_between {
    ($state:literal $after:literal $until:literal) => {
        concat!(
            "(select count(*) from connections where state = '",
            $state,
            "' and sign_in_again_by > ",
            $after,
            " and sign_in_again_by <= ",
            $until,
            ")"
        )
    };
}

/// Connections that work, and whose deadline lies between two moments.
macro_rules! band {
    ($after:literal $until:literal) => {
        concat!(
            count_between!("active" $after $until),
            " + ",
            count_between!("degraded" $after $until)
        )
    };
}

/// The first deadline ahead in one state.
macro_rules! first_ahead {
    ($state:literal) => {
        concat!(
            "(select min(sign_in_again_by) from connections where state = '",
            $state,
            "' and sign_in_again_by > $1)"
        )
    };
}

/// `$1` is the present; `$2` to `$6` are the steps of the ladder from now, the nearest first. The bands between them are
/// counted apart, so that no deadline is counted twice.
const OUTLOOK: &str = concat!(
    "select 'all' as id, ",
    count!("active"),
    " as active, ",
    count!("active" "sign_in_again_by <= $1"),
    " as active_late, ",
    count!("degraded"),
    " as degraded, ",
    count!("degraded" "sign_in_again_by <= $1"),
    " as degraded_late, ",
    count!("reauthorization_required"),
    " as ended, ",
    count!("disconnected"),
    " as disconnected, (select count(*) from connections where next_refresh_at <= $1) as due, ",
    band!("$1" "$2"),
    " as band_1, ",
    band!("$2" "$3"),
    " as band_2, ",
    band!("$3" "$4"),
    " as band_3, ",
    band!("$4" "$5"),
    " as band_4, ",
    band!("$5" "$6"),
    " as band_5, ",
    first_ahead!("active"),
    " as first_active, ",
    first_ahead!("degraded"),
    " as first_degraded, longest_life, longest_window from ",
    lately!()
);

pub(crate) async fn outlook(database: &Database, now: Millis) -> Result<Outlook, StoreError> {
    let [a, b, c, d, e] = Outlook::DAYS.map(|days| now.plus(days * DAY_MS));
    // The nearest step first, as the bands are counted.
    let values = values![now, e, d, c, b, a];
    let Some(row) = database.first(OUTLOOK, values).await? else {
        return Ok(Outlook::default());
    };
    let fields = row.fields(TABLE, "id")?;
    let late = [fields.int("active_late")?, fields.int("degraded_late")?];
    let mut within = 0;
    let mut sign_in_within = [0; 5];
    let bands = ["band_1", "band_2", "band_3", "band_4", "band_5"];
    for (step, band) in sign_in_within.iter_mut().rev().zip(bands) {
        within += fields.int(band)?;
        *step = within;
    }
    let first = [
        fields.maybe_moment("first_active")?,
        fields.maybe_moment("first_degraded")?,
    ];
    Ok(Outlook {
        active: fields.int("active")? - late[0],
        degraded: fields.int("degraded")? - late[1],
        reauthorization_required: fields.int("ended")? + late[0] + late[1],
        disconnected: fields.int("disconnected")?,
        due: fields.int("due")?,
        sign_in_within,
        next_sign_in_by: first.into_iter().flatten().min(),
        longest_life_ms: fields.maybe_int("longest_life")?,
        longest_window_ms: fields.maybe_int("longest_window")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Upkeep;

    #[tokio::test]
    async fn no_number_is_counted_from_the_rows() {
        let mut blank = Upkeep::blank().await.unwrap();
        let sql = (1..=6).fold(OUTLOOK.to_owned(), |sql, at| {
            sql.replace(&format!("${at}"), "0")
        });
        let plan = blank.all(format!("explain query plan {sql}"));
        let plan = plan.await.unwrap();
        let steps: Vec<String> = plan
            .iter()
            .map(|row| row.text_at(3).unwrap().unwrap_or_default())
            .collect();
        let by_index = steps.iter().filter(|step| step.contains("INDEX")).count();
        assert!(by_index >= 18, "{steps:#?}");
        let of_rows = |step: &&String| step.contains("connections") && !step.contains("INDEX");
        let of_rows: Vec<_> = steps.iter().filter(of_rows).collect();
        assert!(of_rows.is_empty(), "{of_rows:#?}");
    }
}
