//! Style sheet, script and icon, embedded. The name holds a hash of the content, so a browser may keep
//! a file for ever and still sees a change at once.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// What every asset is answered with as `Cache-Control`.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";
/// Where the assets are served.
pub const PREFIX: &str = "/assets/";

const FILES: [(&str, &str, &str, &[u8]); 3] = [
    (
        "app",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../../assets/app.css"),
    ),
    (
        "app",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/app.js"),
    ),
    (
        "favicon",
        "svg",
        "image/svg+xml",
        include_bytes!("../../assets/favicon.svg"),
    ),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    FILES
        .iter()
        .map(|(stem, extension, content_type, bytes)| {
            let hash = hex::encode(Sha256::digest(bytes));
            let short = hash.get(..12).unwrap_or(&hash).to_owned();
            Asset {
                plain: format!("{stem}.{extension}"),
                name: format!("{stem}.{short}.{extension}"),
                content_type,
                bytes,
            }
        })
        .collect()
});

/// An embedded file.
#[derive(Debug)]
pub struct Asset {
    plain: String,
    /// Its name with the hash, for example `app.0f3a….css`.
    pub name: String,
    /// For the `Content-Type` header.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

/// All assets.
#[must_use]
pub fn all() -> &'static [Asset] {
    &ASSETS
}

/// The asset with this hashed name, the part after [`PREFIX`].
#[must_use]
pub fn find(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The address of an asset by its plain name, for example `app.css`.
#[must_use]
pub fn url(plain: &str) -> String {
    let name = ASSETS
        .iter()
        .find(|asset| asset.plain == plain)
        .map_or(plain, |asset| asset.name.as_str());
    format!("{PREFIX}{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_asset_is_found_by_its_hashed_name_only() {
        for asset in all() {
            assert!(find(&asset.name).is_some_and(|found| found.bytes == asset.bytes));
            assert!(find(&asset.plain).is_none());
            assert_eq!(url(&asset.plain), format!("/assets/{}", asset.name));
        }
    }

    #[test]
    fn style_sheet_and_script_stay_small() {
        let size = |plain| {
            all()
                .iter()
                .find(|asset| asset.plain == plain)
                .map(|asset| asset.bytes.len())
        };
        assert!(
            size("app.css").is_some_and(|size| size <= 19 * 1024),
            "{:?}",
            size("app.css")
        );
        assert!(
            size("app.js").is_some_and(|size| size <= 7 * 1024),
            "{:?}",
            size("app.js")
        );
    }
}
