//! The reference of the HTTP API.

use smartlinks_server::page::views::*;

use super::Sample;

impl Sample {
    pub(crate) fn reference(&self) -> DocsPage {
        DocsPage::new(self.frame("/api/docs"))
    }
}
