//! The reference of the HTTP API, made from the OpenAPI document.

mod document;

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{Frame, Tab};

/// `GET /api/docs`
#[derive(Debug, Clone, Template)]
#[template(path = "docs.html")]
pub struct DocsPage {
    /// What every page carries.
    pub frame: Frame,
    /// The operations by noun.
    nouns: &'static [DocsNoun],
}

/// The operations on one thing.
#[derive(Debug, Clone)]
pub struct DocsNoun {
    /// Its name, as in the document.
    pub name: String,
    /// What it is.
    pub description: String,
    /// What can be done.
    pub operations: Vec<DocsOperation>,
}

/// One operation.
#[derive(Debug, Clone)]
pub struct DocsOperation {
    /// Its id, also where it stands on the page.
    pub id: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
    /// What it does, a paragraph each.
    pub text: Vec<String>,
    /// The scope that a key needs.
    pub scope: Option<String>,
    /// What stands in path and query.
    pub parameters: Vec<DocsField>,
    /// The fields of the body.
    pub body: Vec<DocsField>,
    /// The answers, by status.
    pub answers: Vec<DocsAnswer>,
}

/// A parameter or field.
#[derive(Debug, Clone)]
pub struct DocsField {
    /// Its name.
    pub name: String,
    /// What kind of value.
    pub kind: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub text: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct DocsAnswer {
    /// The HTTP status.
    pub status: String,
    /// What it holds: the name of a schema.
    pub kind: String,
    /// What it means.
    pub text: String,
}

impl DocsPage {
    /// The reference of this version.
    #[must_use]
    pub fn new(frame: Frame) -> Self {
        Self {
            frame,
            nouns: document::NOUNS.as_slice(),
        }
    }

    fn tab(&self) -> Option<Tab> {
        None
    }

    fn title(&self) -> String {
        self.frame.t(Key::FooterDocs)
    }
}
