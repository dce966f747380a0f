//! `audit …` as typed.

use clap::Args;

/// `audit …`
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// From this day or moment on: 2026-11-01, 2026-11-01T08:00:00Z; or 90m, 24h, 7d before now
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,
    /// This action only, for example connection.disconnected
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// About this connection only
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// By this kind of actor only: operator, api_key, command_line, merchant, system, anybody
    #[arg(long, value_name = "KIND")]
    pub(crate) actor: Option<String>,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NEXT")]
    pub(crate) after: Option<String>,
}
