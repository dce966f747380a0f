use std::time::Duration;

use crate::call::Parameters;
use crate::catalogue::{self, Kind};

/// What sending a call twice would mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Nothing: it only reads.
    Read,
    /// The thing could happen twice.
    Write,
    /// It happens once, as long as the same key is sent inside the window after the first attempt.
    KeyedWrite { window: Duration },
    /// A code or a refresh token is spent: never.
    Token,
}

impl Nature {
    /// What the catalogue says about `api`. Unknown methods are writes; so are keyed ones without their key.
    pub(crate) fn of(api: &str, parameters: &Parameters) -> Self {
        if api.trim_start_matches('/').starts_with("auth/") {
            return Self::Token;
        }
        match catalogue::find(api).map(|method| method.kind) {
            Some(Kind::Read) => Self::Read,
            Some(Kind::KeyedWrite {
                parameter,
                window_seconds,
            }) if has_key(parameters, parameter) => Self::KeyedWrite {
                window: Duration::from_secs(window_seconds.into()),
            },
            _ => Self::Write,
        }
    }
}

/// Whether the value at `path` is there: a parameter, and after the first dot a field inside its JSON.
fn has_key(parameters: &Parameters, path: &str) -> bool {
    let (name, inner) = path.split_once('.').unwrap_or((path, ""));
    let Some((_, text)) = parameters.iter().find(|(known, _)| known == name) else {
        return false;
    };
    if inner.is_empty() {
        return !text.trim().is_empty();
    }
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return false;
    };
    match inner
        .split('.')
        .try_fold(&value, |value, name| value.get(name))
    {
        Some(serde_json::Value::String(key)) => !key.trim().is_empty(),
        Some(serde_json::Value::Number(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    fn of_order(order: &str) -> Nature {
        let name = "param_place_order_request4_open_api_d_t_o";
        let parameters = vec![(Cow::Borrowed(name), order.to_owned())];
        Nature::of("aliexpress.ds.order.create", &parameters)
    }

    #[test]
    fn a_keyed_write_needs_its_key() {
        let keyed = Nature::KeyedWrite {
            window: Duration::from_secs(86_400),
        };
        for (order, nature) in [
            (r#"{"out_order_id":"A-1"}"#, keyed),
            (r#"{"out_order_id":17}"#, keyed),
            (r#"{"out_order_id":" "}"#, Nature::Write),
            (r#"{"out_order_id":null}"#, Nature::Write),
            (r#"{"out_order_id":["A-1"]}"#, Nature::Write),
            (r#"{"order":{"out_order_id":"A-1"}}"#, Nature::Write),
            (r#"["out_order_id"]"#, Nature::Write),
            ("{", Nature::Write),
            ("", Nature::Write),
        ] {
            assert_eq!(of_order(order), nature, "{order}");
        }
        let none = Nature::of("aliexpress.ds.order.create", &Vec::new());
        assert_eq!(none, Nature::Write);
    }

    #[test]
    fn what_is_not_known_to_read_is_a_write() {
        for (api, nature) in [
            ("aliexpress.ds.product.get", Nature::Read),
            ("aliexpress.ds.search.event.report", Nature::Write),
            ("aliexpress.trade.buy.placeorder", Nature::Write),
            ("aliexpress.never.heard.of", Nature::Write),
            ("/auth/token/create", Nature::Token),
            ("/auth/token/never/heard/of", Nature::Token),
            ("auth/token/create", Nature::Token),
        ] {
            assert_eq!(Nature::of(api, &Vec::new()), nature, "{api}");
        }
    }
}
