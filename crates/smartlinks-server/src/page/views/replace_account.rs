//! Asking once before another account takes a connection over.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{ConnectionView, Frame, Tab};

/// `GET /aliexpress/authentication/connections/{id}/replace`
#[derive(Debug, Clone, Template)]
#[template(path = "replace_account.html")]
pub struct ReplaceAccountPage {
    /// What every page carries.
    pub frame: Frame,
    /// The connection to be taken over.
    pub connection: ConnectionView,
    /// Known orders of its present account.
    pub orders: i64,
    /// The token file follows this connection.
    pub writes_token_file: bool,
}

impl ReplaceAccountPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame
            .t1(Key::ReplaceTitle, "name", self.connection.name())
    }
}
