//! `webhooks …` as typed.

use clap::Subcommand;

/// `webhooks …`
#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// List the endpoints
    List,
    /// Show one
    Show {
        /// wh_…
        id: String,
    },
    /// Make an endpoint; its secret is shown this once
    Create {
        /// The https address that is to be posted to
        url: String,
        /// What to write beside it
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// A kind of event it is told of, as in connection.expiring; may be repeated, every kind when left out
        #[arg(long = "event", value_name = "KIND")]
        events: Vec<String>,
    },
    /// Change address, description or kinds of events
    Update {
        /// wh_…
        id: String,
        /// Another https address
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Another description; an empty one takes it away
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// A kind of event it is told of; may be repeated, `*` is every kind
        #[arg(long = "event", value_name = "KIND")]
        events: Vec<String>,
    },
    /// Delete an endpoint and everything that was on its way to it
    Delete {
        /// wh_…
        id: String,
    },
    /// Give an endpoint a new secret, shown this once; the former one counts for another day, in which there is no
    /// other rotation
    RotateSecret {
        /// wh_…
        id: String,
    },
    /// Tell an endpoint what happens from now on
    Enable {
        /// wh_…
        id: String,
    },
    /// Tell an endpoint nothing more
    Disable {
        /// wh_…
        id: String,
    },
    /// Queue a test event for an endpoint; a running server sends it
    Test {
        /// wh_…
        id: String,
    },
    /// List what was sent to an endpoint, and what waits
    Deliveries {
        /// wh_…
        id: String,
        /// Only pending, delivered, failed or given_up
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// The next page, as the last one named it
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Show one delivery with its attempts
    Delivery {
        /// msg_…
        id: String,
    },
    /// Queue a delivery once more; a running server sends it
    Resend {
        /// msg_…
        id: String,
    },
}
