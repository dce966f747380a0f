//! AliExpress's categories, with which searches and feeds are narrowed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::Result;
use crate::service::Core;

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CategoryView {
    /// AliExpress's number.
    pub id: i64,
    /// Its name in the asked language. Upstream text: escape it.
    pub name: String,
    /// Number of the category above; none at the top.
    pub parent: Option<i64>,
}

impl Core {
    /// All categories (`aliexpress.ds.category.get`), in the gateway's order.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for an unknown language; else as [`Core::vend`].
    pub async fn categories(
        &self,
        language: Option<&str>,
        connection: Option<&str>,
    ) -> Result<Vec<CategoryView>> {
        let market = self.market_for(None, None, language).await?;
        let language = market.language.as_str();
        let found = self
            .with_token(connection, |client| async move {
                let categories = client.dropshipping().category_get();
                categories.language(language).send().await
            })
            .await?;
        let categories = found.categories.into_iter().map(|category| CategoryView {
            id: category.category_id,
            name: category.category_name.unwrap_or_default(),
            parent: category.parent_category_id.filter(|parent| *parent != 0),
        });
        Ok(categories.collect())
    }
}
