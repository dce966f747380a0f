//! Finding products by a picture of them.

use aliexpress::dropshipping::image_search_v2::SearchType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::convert::similar_hit;
use super::{ProductQuery, SearchPage};
use crate::error::{Error, Result};
use crate::service::Core;

/// The largest picture that is sent on, in bytes. AliExpress documents no limit for this method (100 KB for the one
/// before it); pictures from a telephone have to be made smaller first.
pub const PICTURE_LIMIT: usize = 700_000;

impl Core {
    /// Products that look like a picture (`aliexpress.ds.image.searchV2`), the most alike first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for bytes that are no JPEG, PNG, WebP or GIF, or too many; else as [`Core::vend`].
    pub async fn find_by_picture(
        &self,
        picture: &[u8],
        query: &ProductQuery,
    ) -> Result<SearchPage> {
        if picture.len() > PICTURE_LIMIT {
            let message = format!(
                "the picture has {} bytes, and at most {PICTURE_LIMIT} are sent on: make it smaller",
                picture.len()
            );
            return Err(Error::invalid("picture", message));
        }
        if !is_picture(picture) {
            let message = "expected the bytes of a JPEG, PNG, WebP or GIF picture";
            return Err(Error::invalid("picture", message));
        }
        let market = &self.market_of(query).await?;
        let encoded = &STANDARD.encode(picture);
        let found = self
            .with_token(query.connection.as_deref(), |client| async move {
                let search = client.dropshipping().image_search_v2();
                let search = search
                    .image(encoded)
                    .search_type(SearchType::Similar)
                    .ship_to(&market.ship_to)
                    .currency(&market.currency);
                search.language(&market.language).send().await
            })
            .await?;
        let products: Vec<_> = found.products.into_iter().filter_map(similar_hit).collect();
        let count = i64::try_from(products.len()).unwrap_or(i64::MAX);
        Ok(SearchPage {
            products,
            page: 1,
            page_size: count,
            total: count,
            ship_to: market.ship_to.clone(),
            currency: market.currency.clone(),
        })
    }
}

/// Told by the first bytes: a name or a media type says nothing.
fn is_picture(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    webp || STARTS.iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_by_its_first_bytes() {
        for start in [
            &b"\xff\xd8\xff\xe0rest"[..],
            b"\x89PNG\r\n\x1a\nrest",
            b"GIF89arest",
            b"RIFF\0\0\0\0WEBPrest",
        ] {
            assert!(is_picture(start), "{start:?}");
        }
        for other in [
            &b""[..],
            b"<svg/>",
            b"RIFF\0\0\0\0WAVE",
            b"%PDF-1.7",
            b"\xff\xd8",
        ] {
            assert!(!is_picture(other), "{other:?}");
        }
    }
}
