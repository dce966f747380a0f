//! How many orders there are in each state, kept in the change of each order.

use crate::sql::{Session, values};
use crate::{ConnectionId, StoreError};

pub(super) const COUNTS: &str = "select status, cast(sum(orders) as bigint) as orders from order_counts \
     group by status having sum(orders) > 0 order by status";
pub(super) const COUNTS_OF_CONNECTION: &str = "select status, orders from order_counts \
     where connection_id = $1 and orders > 0 order by status";

/// Whose an order is, and in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Standing<'o> {
    pub(crate) connection: &'o str,
    pub(crate) status: &'o str,
}

impl<'o> Standing<'o> {
    pub(crate) fn new(connection: &'o ConnectionId, status: &'o str) -> Self {
        Self {
            connection: connection.as_str(),
            status,
        }
    }
}

/// Counts an order where it stands now, and no more where it stood before.
pub(crate) async fn count(
    session: &mut Session<'_>,
    before: Option<Standing<'_>>,
    now: Standing<'_>,
) -> Result<(), StoreError> {
    const ADD: &str = "insert into order_counts (connection_id, status, orders) values ($1, $2, $3) \
         on conflict (connection_id, status) do update set orders = order_counts.orders + excluded.orders";
    if before == Some(now) {
        return Ok(());
    }
    let mut changes = vec![(now, 1_i64)];
    changes.extend(before.map(|before| (before, -1)));
    // In one order everywhere, so that two changes do not wait for each other.
    changes.sort_unstable();
    for (standing, by) in changes {
        let values = values![standing.connection, standing.status, by];
        session.execute(ADD, values).await?;
    }
    Ok(())
}
