//! The catalogue as a file: JSON lines, CSV, and the product imports of two shops.
//!
//! A file is made while it is read, some products at a time, so a large catalogue needs no more memory than a small
//! one. What a shop would take for a price of zero, or for goods that cannot be bought, is not put into its file: see
//! [`ExportFormat::Shopify`].

mod cells;
mod plain;
mod shopify;
mod variants;
mod woocommerce;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use smartlinks_store::{CatalogueFilter, CatalogueId};
use utoipa::ToSchema;

use super::checks;
use super::listing::{CatalogueQuery, given};
use super::views::{self, CatalogueDetail};
use crate::error::{Error, Result};
use crate::service::Core;
use crate::text::shortened;

use cells::Table;

/// How many products are made into text at once.
const AT_ONCE: u32 = 100;

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// One JSON object a line, one line a product: everything that is known.
    Jsonl,
    /// One line a variant, with everything that fits into cells.
    Csv,
    /// The product import of Shopify: variants that the merchant sells, that AliExpress still names and that have a
    /// price in the currency of the file. A product that is not listed, or not on sale at AliExpress, is a draft.
    Shopify,
    /// The product import of WooCommerce, of the same variants: a product with variations refers to them by its code.
    Woocommerce,
}

impl ExportFormat {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Jsonl, Self::Csv, Self::Shopify, Self::Woocommerce];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
        }
    }

    /// The media type of the file.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/jsonl",
            _ => "text/csv; charset=utf-8; header=present",
        }
    }

    /// A name for the file.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Jsonl => "catalogue.jsonl",
            Self::Csv => "catalogue.csv",
            Self::Shopify => "shopify-products.csv",
            Self::Woocommerce => "woocommerce-products.csv",
        }
    }

    const fn is_for_a_shop(self) -> bool {
        matches!(self, Self::Shopify | Self::Woocommerce)
    }

    fn header(self) -> &'static [&'static str] {
        match self {
            Self::Jsonl => &[],
            Self::Csv => plain::HEADER,
            Self::Shopify => shopify::HEADER,
            Self::Woocommerce => woocommerce::HEADER,
        }
    }
}

impl fmt::Display for ExportFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for ExportFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|format| format.as_str() == text).ok_or_else(|| {
            let message = format!(
                "{:?} is not one of jsonl, csv, shopify and woocommerce",
                shortened(text, 30)
            );
            Error::invalid("format", message)
        })
    }
}

/// A file while it is made.
pub struct CatalogueExport {
    core: Core,
    format: ExportFormat,
    currency: String,
    filter: CatalogueFilter,
    after: Option<CatalogueId>,
    headed: bool,
    ended: bool,
}

impl fmt::Debug for CatalogueExport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CatalogueExport")
            .field("format", &self.format)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

impl Core {
    /// Begins a file of the products that a query lets through. Its page is not looked at. `currency` is that of the
    /// prices in the file of a shop, which names none itself: the market's when none is given.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter, `connection` when a shop could not tell variants of two connections
    /// apart; [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn export_catalogue(
        &self,
        format: ExportFormat,
        query: &CatalogueQuery,
        currency: Option<&str>,
    ) -> Result<CatalogueExport> {
        let filter = self.catalogue_filter(query).await?;
        if format.is_for_a_shop() && filter.connection.is_none() {
            self.codes_are_single().await?;
        }
        Ok(CatalogueExport {
            filter,
            currency: match given(currency) {
                Some(code) => checks::currency("currency", code)?,
                None => self.market().currency.clone(),
            },
            core: self.clone(),
            format,
            after: None,
            headed: false,
            ended: false,
        })
    }

    /// A code of the merchant's own is one variant's of each connection, and one variant's of a shop.
    async fn codes_are_single(&self) -> Result<()> {
        match self.store().catalogue().code_of_two_connections().await? {
            None => Ok(()),
            Some(code) => {
                let message = format!(
                    "is left out, and the code {code:?} stands at variants of two connections, which a shop would take \
                     for one; name a connection"
                );
                Err(Error::invalid("connection", message))
            }
        }
    }
}

impl CatalogueExport {
    /// What kind of file it is.
    #[must_use]
    pub const fn format(&self) -> ExportFormat {
        self.format
    }

    /// The next part of the file, which may be empty; none at its end. The first part holds the header.
    ///
    /// # Errors
    /// [`Error::Storage`]: the file is not whole then.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.ended {
            return Ok(None);
        }
        let catalogue = self.core.store().catalogue();
        let some = catalogue.whole_products(&self.filter, self.after.as_ref(), AT_ONCE);
        let some = some.await?;
        self.ended = some.len() < AT_ONCE as usize;
        self.after = some.last().map(|last| last.product.id.clone());
        let details = some.into_iter().map(views::detail);
        let details = details.collect::<Result<Vec<_>>>()?;
        let part = match self.format {
            ExportFormat::Jsonl => json_lines(&details)?,
            _ => self.table(&details)?,
        };
        Ok(Some(part))
    }

    fn table(&mut self, products: &[CatalogueDetail]) -> Result<Vec<u8>> {
        let header = self.format.header();
        let mut table = Table::new(header.len());
        if !self.headed {
            table.row(header)?;
            self.headed = true;
        }
        for product in products {
            match self.format {
                ExportFormat::Shopify => shopify::write(&mut table, product, &self.currency)?,
                ExportFormat::Woocommerce => {
                    woocommerce::write(&mut table, product, &self.currency)?;
                }
                ExportFormat::Csv | ExportFormat::Jsonl => plain::write(&mut table, product)?,
            }
        }
        table.finish()
    }
}

fn json_lines(products: &[CatalogueDetail]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for product in products {
        serde_json::to_writer(&mut lines, product)
            .map_err(|error| Error::Internal(error.to_string()))?;
        lines.push(b'\n');
    }
    Ok(lines)
}
