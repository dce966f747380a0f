//! `connections link`, `links` and `revoke-link`

use jiff::Timestamp;
use smartlinks_core::{ConnectLinkPage, ConnectLinkView, CreatedLink};

use crate::output::{table, when};

/// The address and what to know about it. It is printed this once.
pub(super) fn created(created: &CreatedLink) -> String {
    let until = created.link.expires_at.map(|at| format!(", until {at}"));
    format!(
        "{}\n\nSend it to the merchant: it works once{}. It is not shown again; `smartlinks connections revoke-link \
         {}` takes it back.",
        created.url,
        until.unwrap_or_default(),
        created.link.id
    )
}

/// The links as a table.
pub(super) fn list(page: &ConnectLinkPage, now: Timestamp) -> String {
    if page.links.is_empty() {
        return "no connect link was made in the last 30 days".to_owned();
    }
    let rows = page.links.iter().map(|link| {
        [
            link.id.clone(),
            link.label.clone().unwrap_or_default(),
            standing(link),
            link.connected
                .clone()
                .or_else(|| link.connection.clone())
                .unwrap_or_default(),
            when(link.ended_at.or(link.expires_at), now),
        ]
    });
    table(["LINK", "LABEL", "STATE", "CONNECTION", "ENDS"], rows)
}

/// What became of a link that was to be taken back.
pub(super) fn revoked(link: &ConnectLinkView) -> String {
    format!("{} is {}", link.id, standing(link))
}

fn standing(link: &ConnectLinkView) -> String {
    match &link.reason {
        Some(reason) => format!("{} ({reason})", link.state.as_str()),
        None => link.state.as_str().to_owned(),
    }
}
