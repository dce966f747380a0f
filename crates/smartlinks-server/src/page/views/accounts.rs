//! For which account something is done: a choice where there are several.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::Frame;

/// The field of a form: a list of several accounts, and the only one without a word.
#[derive(Debug, Template)]
#[template(path = "parts/accounts.html")]
pub(crate) struct AccountField<'a> {
    frame: &'a Frame,
    accounts: &'a [(String, String)],
    chosen: &'a str,
    id: &'static str,
}

impl HtmlSafe for AccountField<'_> {}

impl Frame {
    /// The account that a form is for; `id` is that of the list.
    pub(crate) fn accounts<'a>(
        &'a self,
        accounts: &'a [(String, String)],
        chosen: &'a str,
        id: &'static str,
    ) -> AccountField<'a> {
        AccountField {
            frame: self,
            accounts,
            chosen,
            id,
        }
    }
}
