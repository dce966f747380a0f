//! Asking once before a connection is ended.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{ConnectionView, Frame, Tab};

/// `GET /aliexpress/authentication/connections/{id}/disconnect`
#[derive(Debug, Clone, Template)]
#[template(path = "disconnect.html")]
pub struct DisconnectPage {
    /// What every page carries.
    pub frame: Frame,
    /// The connection to be ended.
    pub connection: ConnectionView,
    /// Orders of it that are not finished.
    pub open_orders: i64,
    /// Who had tokens of it lately, by name: keys of software that will get none.
    pub served_lately: Vec<String>,
    /// The token file follows this connection.
    pub writes_token_file: bool,
}

impl DisconnectPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn served(&self) -> String {
        self.served_lately.join(", ")
    }

    fn title(&self) -> String {
        self.frame
            .t1(Key::DisconnectTitle, "name", self.connection.name())
    }
}
