//! `products …`

mod found;
mod landed;
mod market;

use serde::Serialize;
use smartlinks_core::catalogue::DeliveredQuote;
use smartlinks_core::{
    FreightQuery, ProductQuery, ProductView, SearchPage, SearchQuery, SkuView, Sort,
};

use super::Session;
use crate::cli::{ProductShowArgs, ProductsCommand, SearchArgs, SortArgument};
use crate::failure::Failure;
use crate::output::{facts, table};

pub(crate) async fn run(command: ProductsCommand, session: &Session) -> Result<(), Failure> {
    match command {
        ProductsCommand::Search(arguments) => search(arguments, session).await,
        ProductsCommand::Show(arguments) => show(arguments, session).await,
        ProductsCommand::ByPicture(arguments) => found::by_picture(arguments, session).await,
        ProductsCommand::Feeds { connection } => found::feeds(connection, session).await,
        ProductsCommand::Feed(arguments) => found::feed(arguments, session).await,
        ProductsCommand::Categories { connection } => found::categories(connection, session).await,
        ProductsCommand::Market(command) => market::run(&command, session).await,
    }
}

impl From<SortArgument> for Sort {
    fn from(sort: SortArgument) -> Self {
        match sort {
            SortArgument::Orders => Self::Orders,
            SortArgument::PriceUp => Self::PriceUp,
            SortArgument::PriceDown => Self::PriceDown,
        }
    }
}

async fn search(arguments: SearchArgs, session: &Session) -> Result<(), Failure> {
    let query = SearchQuery {
        words: arguments.words.join(" "),
        category: arguments.category,
        free_shipping: arguments.free_shipping,
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        sort: arguments.paging.sort.into(),
        market: asked_by(arguments.connection),
    };
    let page = session.core.search_products(&query).await?;
    session.output.data(&page, found)
}

/// For whom products are looked at: what was said on the command line goes before what is remembered, and the use
/// cases know both.
fn asked_by(connection: Option<String>) -> ProductQuery {
    ProductQuery {
        connection,
        ..ProductQuery::default()
    }
}

pub(super) fn found(page: &SearchPage) -> String {
    if page.products.is_empty() {
        return format!("nothing found that is sent to {}", page.ship_to);
    }
    let rows = page.products.iter().map(|hit| {
        [
            hit.id.clone(),
            money(hit.price.as_ref(), hit.currency.as_deref()),
            hit.rating
                .map(|rating| rating.to_string())
                .unwrap_or_default(),
            hit.orders.clone().unwrap_or_default(),
            smartlinks_core::shortened(&hit.title, 60),
        ]
    });
    let products = table(["PRODUCT", "PRICE", "RATING", "ORDERS", "TITLE"], rows);
    format!(
        "{products}\n\npage {}, {} of {} products",
        page.page,
        page.products.len(),
        page.total
    )
}

/// A product with its freight, where that was asked for.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    product: ProductView,
    #[serde(skip_serializing_if = "Option::is_none")]
    freight: Option<DeliveredQuote>,
}

async fn show(arguments: ProductShowArgs, session: &Session) -> Result<(), Failure> {
    let market = asked_by(arguments.connection);
    let product = session.core.product(&arguments.product, &market).await?;
    let freight = if arguments.freight {
        let query = FreightQuery {
            sku: arguments.sku,
            quantity: arguments.quantity,
            market,
        };
        Some(session.core.delivered_for(&product, &query).await?)
    } else {
        None
    };
    session.output.data(&Shown { product, freight }, |shown| {
        let mut parts = vec![about(&shown.product), variants(&shown.product)];
        parts.extend(shown.freight.as_ref().map(landed::delivery));
        parts.join("\n\n")
    })
}

fn about(product: &ProductView) -> String {
    let mut rows = vec![
        ("product", product.id.clone()),
        ("title", product.title.clone()),
    ];
    rows.extend(product.status.clone().map(|status| ("status", status)));
    rows.extend(product.rating.map(|rating| ("rating", rating.to_string())));
    rows.extend(product.sales.clone().map(|sales| ("sales", sales)));
    rows.extend(product.store_name.clone().map(|store| ("store", store)));
    rows.push(("page", product.url.clone()));
    facts(rows)
}

fn variants(product: &ProductView) -> String {
    let rows = product.skus.iter().map(|sku| {
        [
            sku.id.clone(),
            money(sku.price.as_ref(), sku.currency.as_deref()),
            sku.stock
                .map_or_else(|| "unknown".to_owned(), |stock| stock.to_string()),
            in_words(sku),
        ]
    });
    table(["SKU", "PRICE", "STOCK", "VARIANT"], rows)
}

fn in_words(sku: &SkuView) -> String {
    let parts = sku
        .properties
        .iter()
        .map(|property| format!("{}: {}", property.name, property.value));
    parts.collect::<Vec<_>>().join(", ")
}

/// An amount with its currency; a dash when the gateway did not say.
pub(super) fn money(amount: Option<&impl ToString>, currency: Option<&str>) -> String {
    match (amount, currency) {
        (Some(amount), Some(currency)) => format!("{} {currency}", amount.to_string()),
        (Some(amount), None) => amount.to_string(),
        (None, _) => "-".to_owned(),
    }
}
