//! The pages outside the tabs: the end of a sign-in started elsewhere, and errors.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{AuthFailure, Frame, Tab, Tone};

/// The neutral end of a sign-in that another program started. It grants nothing and links nowhere.
#[derive(Debug, Clone, Template)]
#[template(path = "callback.html")]
pub struct CallbackPage {
    /// What every page carries.
    pub frame: Frame,
    /// `None`: the code was received and used.
    pub failure: Option<AuthFailure>,
}

/// Any answer that is an error.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What every page carries.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// What to quote to whoever helps.
    pub request_id: Option<String>,
    /// How many KiB may be sent, where it was more.
    pub most: Option<usize>,
}

impl CallbackPage {
    fn title(&self) -> String {
        self.frame.t(if self.failure.is_some() {
            Key::CallbackFailed
        } else {
            Key::CallbackReceived
        })
    }
}

impl ErrorPage {
    fn tab(&self) -> Option<Tab> {
        None
    }

    fn title(&self) -> String {
        self.frame.t(self.what())
    }

    const fn what(&self) -> Key {
        match self.status {
            413 => Key::Error413,
            400 | 415 | 422 => Key::Error400,
            401 | 403 => Key::Error403,
            404 | 410 => Key::Error404,
            405 => Key::Error405,
            421 => Key::Error421,
            429 => Key::Error429,
            503 => Key::Error503,
            _ => Key::Error500,
        }
    }

    const fn fix(&self) -> Key {
        match self.status {
            413 => Key::Error413Fix,
            400 | 415 | 422 => Key::Error400Fix,
            401 | 403 => Key::Error403Fix,
            404 | 410 => Key::Error404Fix,
            405 => Key::Error405Fix,
            421 => Key::Error421Fix,
            429 => Key::Error429Fix,
            503 => Key::Error503Fix,
            _ => Key::Error500Fix,
        }
    }

    fn fix_words(&self) -> String {
        match self.most {
            Some(most) => self.frame.t1(self.fix(), "most", most),
            None => self.frame.t(self.fix()),
        }
    }

    const fn tone(&self) -> Tone {
        if self.status >= 500 {
            Tone::Bad
        } else {
            Tone::Warn
        }
    }
}
