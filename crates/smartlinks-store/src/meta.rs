//! What the database says about itself: whose it is, which keys it needs, and settings.

mod storage;

use async_trait::async_trait;

use crate::StoreError;

pub(crate) use storage::{KEY_FINGERPRINT, SET, STAMP_APP, STAMP_ORIGIN, VALUE_OF};

/// Single values by name.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait MetaRepository: Send + Sync {
    /// A value.
    async fn get(&self, key: &str) -> Result<Option<String>, StoreError>;

    /// Stores or replaces a value.
    async fn set(&self, key: &str, value: &str) -> Result<(), StoreError>;

    /// At the first start notes which gateway and app the database belongs to; afterwards checks it.
    ///
    /// # Errors
    /// [`StoreError::StampMismatch`], naming both.
    async fn stamp_or_check(&self, gateway_origin: &str, app_key: &str) -> Result<(), StoreError>;

    /// Checks whose the database is, and notes nothing: for somebody who only looks.
    ///
    /// # Errors
    /// [`StoreError::StampMismatch`], naming both.
    async fn check_stamp(&self, gateway_origin: &str, app_key: &str) -> Result<(), StoreError>;

    /// The app that the database belongs to; none before the first start with its key.
    async fn stamped_app_key(&self) -> Result<Option<String>, StoreError>;

    /// The check values of the keys that stored tokens need, the active one first.
    async fn key_fingerprint(&self) -> Result<Option<String>, StoreError>;
}
