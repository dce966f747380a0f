//! The name of an operator in the database.

use crate::ids::id;

id! {
    /// The id of an operator: `op_` and a UUIDv7. It stays when the name changes.
    OperatorId: "op_",
    /// The text is not an operator id.
    InvalidOperatorId: "an operator id is `op_` followed by a UUID, as `smartlinks operators list` shows them",
}
