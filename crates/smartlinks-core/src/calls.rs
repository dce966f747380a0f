//! Calling a gateway method by its name: reads only.

use crate::error::{Error, Result};
use crate::service::Core;

/// The methods that only read, of those in the catalogue. Anything else is refused: a write has its own
/// use case with its own checks.
const READS: [&str; 31] = [
    "aliexpress.affiliate.category.get",
    "aliexpress.affiliate.featuredpromo.get",
    "aliexpress.affiliate.featuredpromo.products.get",
    "aliexpress.affiliate.hotproduct.download",
    "aliexpress.affiliate.hotproduct.query",
    "aliexpress.affiliate.link.generate",
    "aliexpress.affiliate.order.get",
    "aliexpress.affiliate.order.list",
    "aliexpress.affiliate.order.listbyindex",
    "aliexpress.affiliate.product.query",
    "aliexpress.affiliate.product.shipping.get",
    "aliexpress.affiliate.product.sku.detail.get",
    "aliexpress.affiliate.product.smartmatch",
    "aliexpress.affiliate.productdetail.get",
    "aliexpress.affiliate.promotion.info.get",
    "aliexpress.ds.address.get",
    "aliexpress.ds.category.get",
    "aliexpress.ds.commissionorder.listbyindex",
    "aliexpress.ds.feed.itemids.get",
    "aliexpress.ds.feedname.get",
    "aliexpress.ds.freight.query",
    "aliexpress.ds.image.searchV2",
    "aliexpress.ds.member.benefit.get",
    "aliexpress.ds.order.tracking.get",
    "aliexpress.ds.product.get",
    "aliexpress.ds.product.specialinfo.get",
    "aliexpress.ds.product.wholesale.get",
    "aliexpress.ds.recommend.feed.get",
    "aliexpress.ds.text.search",
    "aliexpress.logistics.buyer.freight.calculate",
    "aliexpress.trade.ds.order.get",
];

/// Parameters that the SDK sets itself.
const RESERVED: [&str; 6] = [
    "app_key",
    "timestamp",
    "sign",
    "sign_method",
    "access_token",
    "session",
];

impl Core {
    /// Calls a read method with the token of a connection and gives its answer without the envelope.
    ///
    /// # Errors
    /// [`Error::CallRefused`] for anything that is not a known read; [`Error::Invalid`] for a parameter
    /// that is ours to set; else as [`Core::vend`].
    pub async fn call_read(
        &self,
        connection: Option<&str>,
        method: &str,
        params: &[(String, String)],
    ) -> Result<serde_json::Value> {
        check(method, params)?;
        let answer = self
            .with_token(connection, |client| async move {
                let params = params
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()));
                client.call(method, params).await
            })
            .await?;
        Ok(answer.value())
    }
}

fn check(method: &str, params: &[(String, String)]) -> Result<()> {
    let refused = |why| {
        Err(Error::CallRefused {
            method: crate::text::shortened(method, 80),
            why,
        })
    };
    if method.starts_with("/auth/") {
        return refused("tokens are created and renewed by the service itself");
    }
    if !READS.contains(&method) {
        return refused("only read methods of the catalogue can be called this way");
    }
    match params
        .iter()
        .find(|(name, _)| RESERVED.contains(&name.as_str()) || name == "method")
    {
        Some((name, _)) => Err(Error::invalid(
            "params",
            format!("{name} is set by the service itself"),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_token_calls_are_refused() {
        for method in [
            "/auth/token/refresh",
            "aliexpress.ds.order.create",
            "aliexpress.trade.buy.placeorder",
            "",
            "x",
        ] {
            assert!(
                matches!(check(method, &[]), Err(Error::CallRefused { .. })),
                "{method}"
            );
        }
        assert!(
            check(
                "aliexpress.ds.product.get",
                &[("product_id".into(), "1".into())]
            )
            .is_ok()
        );
        assert!(
            check(
                "aliexpress.ds.product.get",
                &[("session".into(), "1".into())]
            )
            .is_err()
        );
    }
}
