//! `aliexpress.affiliate.link.generate`: tracking links for pages of products and stores.

use url::Url;

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::affiliate_links::{LONGEST_TRACKING_ID, Target, promotion_link};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, object};

pub(super) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_LINK_GENERATE,
    traced: true,
    run,
};

/// Most sources of one call.
const MOST_SOURCES: usize = 50;
/// Normal link, search link (of old clients), hot link: all lead to the same page.
const TYPES: [&str; 3] = ["0", "1", "2"];
/// Why a source got no link.
const NOT_VALID: &str = "The link is not valid";

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    if !TYPES.contains(&context.text("promotion_link_type")) {
        return Err(Refusal::unmapped("promotion_link_type"));
    }
    let tracking_id = context.text("tracking_id");
    if tracking_id.len() > LONGEST_TRACKING_ID {
        return Err(Refusal::unmapped("tracking_id"));
    }
    let sources: Vec<&str> = context
        .text("source_values")
        .split(',')
        .map(str::trim)
        .filter(|source| !source.is_empty())
        .collect();
    if sources.is_empty() {
        return Err(Refusal::missing("source_values"));
    }
    if sources.len() > MOST_SOURCES {
        return Err(Refusal::unmapped("source_values"));
    }
    let base_url = context.inner.base_url();
    // Last one first: the documented order of the answer is any but that of the request.
    let rows: Vec<Json> = sources
        .into_iter()
        .rev()
        .map(|source| row(context, &base_url, tracking_id, source))
        .collect();
    let result = object! {
        "total_result_count": i64::try_from(rows.len()).unwrap_or(i64::MAX),
        "tracking_id": tracking_id.to_owned(),
        "promotion_links": context.list("promotion_link", rows),
    };
    Ok(Reply::ok(object! {
        "resp_result": object! {
            "result": result,
            "resp_code": 200,
            "resp_msg": "Call succeeds",
        },
    }))
}

fn row(context: &Context<'_>, base_url: &str, tracking_id: &str, source: &str) -> Json {
    let target = target(source, base_url).filter(|target| exists(context, *target));
    let row = match target {
        Some(target) => object! {
            "promotion_link": promotion_link(base_url, tracking_id, target),
            "source_value": source.to_owned(),
        },
        None => object! { "message": NOT_VALID, "source_value": source.to_owned() },
    };
    row.into()
}

/// The page that a source names: an item's number, or an address of the platform or of this sandbox.
fn target(source: &str, base_url: &str) -> Option<Target> {
    if source.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Target::Item {
            product_id: source.parse().ok()?,
            sku_id: None,
        });
    }
    let absolute = match source.strip_prefix("//") {
        // As search results write addresses.
        Some(rest) => format!("https://{rest}"),
        None => source.to_owned(),
    };
    let url = Url::parse(&absolute).ok()?;
    let own = Url::parse(base_url).ok()?;
    let is_own = url.host() == own.host() && url.port() == own.port();
    if !matches!(url.scheme(), "http" | "https") || !(is_own || is_platform(&url)) {
        return None;
    }
    let mut parts = url.path_segments()?;
    match (parts.next()?, parts.next()?, parts.next()) {
        ("item" | "i", file, None) => {
            let sku_id = url.query_pairs().find(|(name, _)| name == "skuId");
            Some(Target::Item {
                product_id: number(file.strip_suffix(".html")?)?,
                sku_id: sku_id.and_then(|(_, id)| number(&id)),
            })
        }
        ("store", store_id, _) => Some(Target::Store {
            store_id: number(store_id)?,
        }),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// `aliexpress.com` and its country sites, with or without `www`, `m`, `fr` and the like in front.
fn is_platform(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    ["aliexpress.com", "aliexpress.us", "aliexpress.ru"]
        .iter()
        .filter_map(|site| host.strip_suffix(site))
        .any(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether the sandbox has that page.
fn exists(context: &Context<'_>, target: Target) -> bool {
    let catalogue = context.inner.catalogue;
    match target {
        Target::Item { product_id, .. } => {
            let state = context.inner.book.read();
            let change = state.changes.of(product_id);
            catalogue.find(product_id).is_some() && change.is_none_or(|change| !change.delisted)
        }
        Target::Store { store_id } => catalogue.has_store(store_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://127.0.0.1:8090";

    fn item(product_id: i64, sku_id: Option<i64>) -> Option<Target> {
        Some(Target::Item { product_id, sku_id })
    }

    #[test]
    fn addresses_of_items_and_stores_are_understood() {
        for (source, expected) in [
            ("1005006000000001", item(1_005_006_000_000_001, None)),
            ("https://www.aliexpress.com/item/12.html", item(12, None)),
            ("http://aliexpress.us/item/12.html?x=1", item(12, None)),
            ("https://m.aliexpress.com/i/12.html", item(12, None)),
            (
                "//127.0.0.1:8090/item/12.html?skuId=7&pdp_ext_f=%7B%7D?appkey=1",
                item(12, Some(7)),
            ),
            (
                "https://fr.aliexpress.com/store/1102000001",
                Some(Target::Store {
                    store_id: 1_102_000_001,
                }),
            ),
        ] {
            assert_eq!(target(source, BASE), expected, "{source}");
        }
    }

    #[test]
    fn other_addresses_are_not() {
        for source in [
            "https://www.example.com/",
            "https://notaliexpress.com/item/12.html",
            "https://aliexpress.com.example.com/item/12.html",
            "https://user@example.com/item/12.html",
            "ftp://aliexpress.com/item/12.html",
            "http://127.0.0.1:9999/item/12.html",
            "https://www.aliexpress.com/",
            "https://www.aliexpress.com/item/+12.html",
            "https://www.aliexpress.com/item/99999999999999999999.html",
            "99999999999999999999",
            "-5",
            "lamp",
            "é",
        ] {
            assert_eq!(target(source, BASE), None, "{source}");
        }
    }
}
