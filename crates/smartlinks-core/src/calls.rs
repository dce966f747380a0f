//! Calling a gateway method by its name: reads only.

use bytes::Bytes;

use aliexpress::catalogue::{self, Kind, Method, Parameter};

use crate::counted::Deed;
use crate::error::{Error, Result};
use crate::service::Core;

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
    /// Calls a read method with the token of a connection and gives its answer without the envelope: a JSON object, as
    /// it came.
    ///
    /// # Errors
    /// [`Error::CallRefused`] for anything that is not a known read; [`Error::Invalid`] for a parameter
    /// that is ours to set; else as [`Core::vend`].
    pub async fn call_read(
        &self,
        connection: Option<&str>,
        method: &str,
        params: &[(String, String)],
    ) -> Result<Bytes> {
        let known = check(method, params)?;
        // It may be an address or a name that is read: that is on record, by the minute.
        let deed = Some(Deed::Called(known.name));
        let answer = self
            .with_token_for(deed, connection, |client| async move {
                let params = params
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()));
                client.call(method, params).await
            })
            .await?;
        Ok(answer.payload)
    }
}

/// The methods that can be called by name: the current ones that only read. Anything else is refused: a write has its
/// own use case with its own checks. Sorted by name.
pub fn readable_methods() -> impl Iterator<Item = &'static Method> {
    catalogue::all().filter(|method| is_readable(method))
}

/// Files cannot be given by name and value.
fn is_readable(method: &Method) -> bool {
    method.kind == Kind::Read
        && !method.is_withdrawn()
        && method
            .parameters
            .iter()
            .all(|parameter| parameter.kind != "file")
}

fn check(name: &str, params: &[(String, String)]) -> Result<&'static Method> {
    let refused = |why: String| {
        Err(Error::CallRefused {
            method: crate::text::shortened(name, 80),
            why,
        })
    };
    if name.starts_with("/auth/") {
        return refused("tokens are created and renewed by the service itself".into());
    }
    let method = match catalogue::find(name) {
        Some(method) if is_readable(method) => method,
        Some(Method {
            call: None,
            replaced_by: Some(other),
            ..
        }) => return refused(format!("AliExpress has withdrawn it; use {other}")),
        _ => return refused("only read methods of the catalogue can be called this way".into()),
    };
    let ours = |name: &String| RESERVED.contains(&name.as_str()) || name == "method";
    if let Some((name, _)) = params.iter().find(|(name, _)| ours(name)) {
        return Err(Error::invalid(
            "params",
            format!("{name} is set by the service itself"),
        ));
    }
    let missing = |parameter: &&Parameter| {
        parameter.required
            && !parameter.name.contains('.')
            && !params
                .iter()
                .any(|(name, value)| name == parameter.name && !value.trim().is_empty())
    };
    match method.parameters.iter().find(missing) {
        Some(parameter) => Err(Error::invalid(
            "params",
            format!("{} is missing: {}", parameter.name, parameter.doc),
        )),
        None => Ok(method),
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
                &[
                    ("product_id".into(), "1".into()),
                    ("ship_to_country".into(), "FR".into())
                ]
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

    #[test]
    fn a_refusal_says_what_to_do_instead() {
        let words = |method: &str, params: &[(String, String)]| {
            check(method, params).unwrap_err().to_string()
        };
        let withdrawn = words("aliexpress.offer.ds.product.simplequery", &[]);
        assert!(
            withdrawn.contains("use aliexpress.ds.product.get"),
            "{withdrawn}"
        );
        let missing = words(
            "aliexpress.ds.product.get",
            &[("product_id".into(), "1".into())],
        );
        assert!(missing.contains("ship_to_country is missing"), "{missing}");
    }

    #[test]
    fn every_read_of_the_catalogue_is_listed_but_the_one_that_takes_a_file() {
        let names: Vec<&str> = readable_methods().map(|method| method.name).collect();
        assert!(names.contains(&"aliexpress.ds.product.get") && names.is_sorted());
        assert!(!names.contains(&"aliexpress.ds.image.search"));
        assert!(!names.contains(&"aliexpress.ds.order.create"));
    }
}
