//! What the benchmarks of this crate measure. No part of the API: it may change or go at any time.

use bytes::Bytes;

use crate::call::Exchange;
use crate::dropshipping::product_get;
use crate::shapes::Product;
use crate::{Error, HttpResponse};

/// Decodes the body of an answer of `aliexpress.ds.product.get`, the way a call does.
///
/// # Errors
/// As the call.
pub fn product(body: Bytes) -> Result<Product, Error> {
    let response = HttpResponse {
        status: 200,
        content_type: None,
        date: None,
        body,
    };
    Exchange::of(response).decode::<product_get::Answer>()
}
