//! `webhooks …` as typed.

use clap::{Args, Subcommand};

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
    Create(CreateArgs),
    /// Change address, description or kinds of events
    Update(UpdateArgs),
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
    Deliveries(DeliveriesArgs),
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

/// `webhooks create …`
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// The https address that is to be posted to
    pub(crate) url: String,
    /// What to write beside it
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// A kind of event it is told of, as in connection.expiring; may be repeated, every kind when left out
    #[arg(long = "event", value_name = "KIND")]
    pub(crate) events: Vec<String>,
}

/// `webhooks update …`
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// wh_…
    pub(crate) id: String,
    /// Another https address
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Another description; an empty one takes it away
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// A kind of event it is told of; may be repeated, `*` is every kind
    #[arg(long = "event", value_name = "KIND")]
    pub(crate) events: Vec<String>,
}

/// `webhooks deliveries …`
#[derive(Debug, Args)]
pub(crate) struct DeliveriesArgs {
    /// wh_…
    pub(crate) id: String,
    /// Only pending, delivered, failed or given_up
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// The next page, as the last one named it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) before: Option<i64>,
}
