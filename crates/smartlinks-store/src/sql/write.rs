//! Changes as values, so that they can be grouped, and run again when their group failed.

use async_trait::async_trait;

use super::{Session, Value};
use crate::StoreError;

/// Statements that take effect together or not at all.
///
/// `run` may be called more than once, each time on the state before it; only the last result counts.
#[async_trait]
pub(crate) trait Write: Send + Sync + 'static {
    type Output: Send + 'static;

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError>;
}

/// One statement; gives how many rows it changed.
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) values: Vec<Value>,
}

#[async_trait]
impl Write for Statement {
    type Output = u64;

    async fn run(&self, session: &mut Session<'_>) -> Result<u64, StoreError> {
        session.execute(self.sql, self.values.clone()).await
    }
}
