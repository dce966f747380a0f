//! The name of an endpoint.

use crate::ids::id;

id! {
    /// The name of a webhook endpoint: `wh_` and a UUIDv7.
    EndpointId: "wh_",
    /// The text is not the id of an endpoint.
    InvalidEndpointId: "the id of an endpoint is `wh_` followed by a UUID, as `smartlinks webhooks list` shows it",
}
