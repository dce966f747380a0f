//! The name of a connection.

use crate::ids::id;

id! {
    /// The name of a connection: `conn_` and a UUIDv7. It survives reconnecting.
    ConnectionId: "conn_",
    /// The text is not a connection id.
    InvalidConnectionId: "a connection id is `conn_` followed by a UUID, as `smartlinks connections` lists them",
}
