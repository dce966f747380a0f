//! The name of an API key.

use crate::ids::id;

id! {
    /// The name of an API key: `key_` and a UUIDv7. It opens nothing.
    ApiKeyId: "key_",
    /// The text is not the id of an API key.
    InvalidApiKeyId: "the id of an API key is `key_` followed by a UUID, as `smartlinks api-keys list` shows it",
}
