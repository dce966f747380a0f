//! Boxes that explain: a problem, a refused sign-in, missing settings, an empty list, a notice.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::{
    AuthError, AuthFailure, Frame, MissingSetting, Notice, Problem, ProblemKind, Tone,
};

/// What happened, who can mend it, and the way on.
#[derive(Debug, Template)]
#[template(path = "parts/problem.html")]
pub(crate) struct ProblemBox<'a> {
    frame: &'a Frame,
    problem: &'a Problem,
    retry: Option<&'a str>,
}

/// Why a sign-in did not end well.
#[derive(Debug, Template)]
#[template(path = "parts/auth_failure.html")]
pub(crate) struct AuthFailureBox<'a> {
    frame: &'a Frame,
    failure: &'a AuthFailure,
    fix: Key,
}

/// Which settings are missing and where they go.
#[derive(Debug, Template)]
#[template(path = "parts/missing.html")]
pub(crate) struct MissingBox<'a> {
    frame: &'a Frame,
    settings: &'a [MissingSetting],
}

/// Said once after a form was sent.
#[derive(Debug, Template)]
#[template(path = "parts/notice.html")]
pub(crate) struct NoticeBox<'a> {
    frame: &'a Frame,
    notice: &'a Notice,
}

/// Nothing here yet, and what to do.
#[derive(Debug, Template)]
#[template(path = "parts/empty.html")]
pub(crate) struct Empty<'a> {
    title: String,
    text: String,
    link: Option<(&'a str, String)>,
}

/// A secret or link that is shown this once, with the button that copies it.
#[derive(Template)]
#[template(path = "parts/once.html")]
pub(crate) struct Once<'a> {
    frame: &'a Frame,
    title: String,
    text: String,
    value: &'a str,
    what: Key,
}

/// The two buttons of a page that asks before something stops. The one that changes nothing has the focus.
#[derive(Debug, Template)]
#[template(path = "parts/confirm.html")]
pub(crate) struct Confirm<'a> {
    action: String,
    confirm: String,
    back: &'a str,
    keep: String,
}

impl HtmlSafe for ProblemBox<'_> {}
impl HtmlSafe for Once<'_> {}
impl HtmlSafe for Confirm<'_> {}
impl HtmlSafe for AuthFailureBox<'_> {}
impl HtmlSafe for MissingBox<'_> {}
impl HtmlSafe for NoticeBox<'_> {}
impl HtmlSafe for Empty<'_> {}

impl Frame {
    pub(crate) fn problem<'a>(&'a self, problem: &'a Problem) -> ProblemBox<'a> {
        ProblemBox {
            frame: self,
            problem,
            retry: None,
        }
    }

    pub(crate) fn problem_with_retry<'a>(&'a self, problem: &'a Problem) -> ProblemBox<'a> {
        ProblemBox {
            frame: self,
            problem,
            retry: Some(&self.path),
        }
    }

    pub(crate) fn auth_failure<'a>(&'a self, failure: &'a AuthFailure) -> AuthFailureBox<'a> {
        AuthFailureBox {
            frame: self,
            failure,
            fix: failure.error.fix(),
        }
    }

    /// For somebody who has nothing but a link that is used up now.
    pub(crate) fn auth_failure_for_merchant<'a>(
        &'a self,
        failure: &'a AuthFailure,
    ) -> AuthFailureBox<'a> {
        AuthFailureBox {
            frame: self,
            failure,
            fix: Key::ConnectNewLinkFix,
        }
    }

    pub(crate) fn missing<'a>(&'a self, settings: &'a [MissingSetting]) -> MissingBox<'a> {
        MissingBox {
            frame: self,
            settings,
        }
    }

    pub(crate) fn notice_box<'a>(&'a self, notice: &'a Notice) -> NoticeBox<'a> {
        NoticeBox {
            frame: self,
            notice,
        }
    }

    pub(crate) fn once<'a>(
        &'a self,
        title: String,
        text: String,
        value: &'a str,
        what: Key,
    ) -> Once<'a> {
        Once {
            frame: self,
            title,
            text,
            value,
            what,
        }
    }

    pub(crate) fn confirm<'a>(
        &self,
        action: String,
        confirm: Key,
        back: &'a str,
        keep: Key,
    ) -> Confirm<'a> {
        Confirm {
            action,
            confirm: self.t(confirm),
            back,
            keep: self.t(keep),
        }
    }

    pub(crate) fn empty(&self, title: Key, text: Key) -> Empty<'static> {
        Empty {
            title: self.t(title),
            text: self.t(text),
            link: None,
        }
    }

    pub(crate) fn empty_with_link<'a>(
        &self,
        title: Key,
        text: Key,
        href: &'a str,
        link: Key,
    ) -> Empty<'a> {
        Empty {
            title: self.t(title),
            text: self.t(text),
            link: Some((href, self.t(link))),
        }
    }
}

impl ProblemBox<'_> {
    fn fix(&self) -> String {
        match self.problem.kind {
            ProblemKind::RateLimited(Some(seconds)) => {
                self.frame.t1(self.problem.kind.fix(), "count", seconds)
            }
            kind => self.frame.t(kind.fix()),
        }
    }

    fn retry_href(&self) -> Option<&str> {
        self.retry.filter(|_| self.problem.kind.can_retry())
    }
}

impl AuthFailureBox<'_> {
    fn code(&self) -> &str {
        match (&self.failure.gateway_code, &self.failure.error) {
            (Some(code), _) => code,
            (None, AuthError::Other(slug)) => slug,
            (None, error) => error.slug(),
        }
    }
}
