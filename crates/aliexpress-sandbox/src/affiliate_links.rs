//! Tracking links: whose link it is and where it leads stand in the address itself, so that any number of
//! them costs nothing to keep.
//!
//! Own form of the sandbox (the real ones are opaque): `/s/` + one letter + numbers + `_` + the tracking
//! id in hexadecimal. It is a path without a query, so that callers can append their own parameters.

use std::fmt;

use crate::addresses;

/// First part of the path of every tracking link.
pub(crate) const PATH: &str = "/s/";

/// Longest tracking id, in bytes.
pub(crate) const LONGEST_TRACKING_ID: usize = 64;

/// The page that a link leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// An item, with one of its SKUs chosen or none.
    Item {
        product_id: i64,
        sku_id: Option<i64>,
    },
    /// The page of a store.
    Store { store_id: i64 },
}

impl Target {
    /// The page's path and query below the base URL.
    pub(crate) fn path(self) -> String {
        match self {
            Self::Item {
                product_id,
                sku_id: None,
            } => addresses::item("", product_id),
            Self::Item {
                product_id,
                sku_id: Some(sku_id),
            } => format!("{}?skuId={sku_id}", addresses::item("", product_id)),
            Self::Store { store_id } => addresses::store("", store_id),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item {
                product_id,
                sku_id: None,
            } => write!(out, "i{product_id}"),
            Self::Item {
                product_id,
                sku_id: Some(sku_id),
            } => write!(out, "i{product_id}.{sku_id}"),
            Self::Store { store_id } => write!(out, "m{store_id}"),
        }
    }
}

/// A tracking link, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) tracking_id: String,
    pub(crate) target: Target,
}

impl Link {
    /// Reads what stands behind `/s/`. `None` for everything that [`promotion_link`] does not write.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (target, tracking_id) = text.split_once('_')?;
        if tracking_id.len() > 2 * LONGEST_TRACKING_ID {
            return None;
        }
        let tracking_id = String::from_utf8(hex::decode(tracking_id).ok()?).ok()?;
        let link = Self {
            tracking_id,
            target: target_of(target)?,
        };
        (link.token() == text).then_some(link)
    }

    /// What stands behind `/s/`.
    fn token(&self) -> String {
        format!("{}_{}", self.target, hex::encode(&self.tracking_id))
    }
}

fn target_of(text: &str) -> Option<Target> {
    let (kind, numbers) = text.split_at_checked(1)?;
    match (kind, numbers.split_once('.')) {
        ("i", None) => Some(Target::Item {
            product_id: numbers.parse().ok()?,
            sku_id: None,
        }),
        ("i", Some((product_id, sku_id))) => Some(Target::Item {
            product_id: product_id.parse().ok()?,
            sku_id: Some(sku_id.parse().ok()?),
        }),
        ("m", None) => Some(Target::Store {
            store_id: numbers.parse().ok()?,
        }),
        _ => None,
    }
}

/// The address that books a visit to a page under a tracking id, and then leads to the page.
pub(crate) fn promotion_link(base_url: &str, tracking_id: &str, target: Target) -> String {
    let link = Link {
        tracking_id: tracking_id.to_owned(),
        target,
    };
    format!("{base_url}{PATH}{}", link.token())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_come_back_as_they_were_made() {
        for target in [
            Target::Item {
                product_id: 1_005_006_000_000_001,
                sku_id: None,
            },
            Target::Item {
                product_id: 1,
                sku_id: Some(12_000_036_000_000_108),
            },
            Target::Store {
                store_id: 1_102_000_001,
            },
        ] {
            for tracking_id in ["default", "", "a_b/c?d=é \" <", &"x".repeat(64)] {
                let url = promotion_link("http://127.0.0.1:8090", tracking_id, target);
                let token = url.strip_prefix("http://127.0.0.1:8090/s/").unwrap();
                assert!(
                    token
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte)),
                    "{token}"
                );
                let link = Link::parse(token).unwrap();
                assert_eq!(link.target, target);
                assert_eq!(link.tracking_id, tracking_id);
            }
        }
    }

    #[test]
    fn other_texts_are_no_links() {
        for text in [
            "",
            "_",
            "i_61",
            "i1",
            "i1_6",
            "i1_zz",
            "i1_ff",
            "x1_61",
            "i+1_61",
            "i01_61",
            "i1._61",
            "i1.2.3_61",
            "m1.2_61",
            "i1_6A",
            "i1_61/",
            "é1_61",
            &format!("i1_{}", "61".repeat(65)),
        ] {
            assert_eq!(Link::parse(text), None, "{text}");
        }
    }

    #[test]
    fn targets_are_pages_of_ours() {
        let item = Target::Item {
            product_id: 5,
            sku_id: Some(7),
        };
        assert_eq!(item.path(), "/item/5.html?skuId=7");
        assert_eq!(Target::Store { store_id: 9 }.path(), "/store/9");
    }
}
