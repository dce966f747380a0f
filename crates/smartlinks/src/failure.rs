//! What ends a command early: one shape for everything, printed in one place.
//!
//! Policy: libraries have their own error types; they become a [`Failure`] here, with a stable code for
//! programs, the exit code, the causes and a hint. Nothing below `main` prints an error.

use std::error::Error as StdError;
use std::io;
use std::process::ExitCode;

use smartlinks_core::aliexpress::{Class, Error as GatewayError};
use smartlinks_core::store::StoreError;
use smartlinks_core::{Error as CoreError, RefusalKind};

/// How the process ends. The numbers are documented in `--help` and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done. Also when the reader of our output has gone away.
    Success,
    /// It did not work.
    Failure,
    /// The command line or the configuration is wrong.
    Usage,
    /// Nothing is connected, or a person has to sign in again.
    SignIn,
    /// The gateway cannot be reached or is busy: the same command may work later.
    Gateway,
}

impl Exit {
    /// The number.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::SignIn => 3,
            Self::Gateway => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The stable name, for programs.
    pub(crate) code: String,
    /// How the process ends.
    pub(crate) exit: Exit,
    /// What happened.
    pub(crate) message: String,
    /// What was underneath, outermost first, without repetitions.
    pub(crate) causes: Vec<String>,
    /// How to mend it.
    pub(crate) hint: Option<String>,
    /// Whether the data on stdout has said it all, so that nothing needs to be printed.
    pub(crate) silent: bool,
}

impl Failure {
    /// A failure with a code and words.
    pub(crate) fn new(exit: Exit, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            exit,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            silent: false,
        }
    }

    /// A wrong command line or configuration.
    pub(crate) fn usage(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, message)
    }

    /// Ends with this code after the data has been printed, without further words.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self {
            silent: true,
            ..Self::new(exit, "", "")
        }
    }

    /// Adds how to mend it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into()).filter(|hint: &String| !hint.is_empty());
        self
    }

    /// The store's messages say what happened and, in further sentences, how to mend it.
    fn with_mend_as_hint(self) -> Self {
        match self
            .message
            .split_once(". ")
            .map(|(what, mend)| (what.to_owned(), mend.to_owned()))
        {
            Some((what, mend)) => Self {
                message: what,
                ..self
            }
            .hint(with_full_stop(mend)),
            None => self,
        }
    }

    /// Adds what was underneath. A cause that the words before it repeat is left out.
    pub(crate) fn because(mut self, error: &dyn StdError) -> Self {
        let mut next = Some(error);
        while let Some(cause) = next {
            let text = cause.to_string();
            let said =
                self.message.contains(&text) || self.causes.iter().any(|c| c.contains(&text));
            if !text.is_empty() && !said {
                self.causes.push(text);
            }
            next = cause.source();
        }
        self
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        let failure = Self::new(exit_of(&error), error.code(), error.to_string()).hint(error.fix());
        let failure = match StdError::source(&error) {
            Some(source) => failure.because(source),
            None => failure,
        };
        match &error {
            CoreError::Storage(_) => failure.with_mend_as_hint(),
            _ => failure,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::from(CoreError::from(error))
    }
}

impl From<GatewayError> for Failure {
    fn from(error: GatewayError) -> Self {
        Self::from(CoreError::from(error))
    }
}

/// Writing our own output failed. A reader that has gone away has seen enough.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::silent(Exit::Success);
        }
        Self::new(
            Exit::Failure,
            "output_failed",
            "the output could not be written",
        )
        .because(&error)
        .hint("Check where stdout goes: a full disk, or a closed file.")
    }
}

fn with_full_stop(text: String) -> String {
    if text.ends_with(['.', '?', '!']) {
        text
    } else {
        text + "."
    }
}

fn exit_of(error: &CoreError) -> Exit {
    match error {
        CoreError::NotConfigured(_) | CoreError::Invalid { .. } | CoreError::CallRefused { .. } => {
            Exit::Usage
        }
        CoreError::NotConnected
        | CoreError::NoDefault
        | CoreError::Disconnected(_)
        | CoreError::ReauthorizationRequired { .. }
        | CoreError::TooShortLived { .. } => Exit::SignIn,
        CoreError::RefreshBusy(_) => Exit::Gateway,
        CoreError::Gateway(error) => exit_of_gateway(error),
        CoreError::Refused(refusal) if refusal.kind == RefusalKind::ExchangeFailed => refusal
            .gateway
            .as_deref()
            .map_or(Exit::Failure, |error| match exit_of_gateway(error) {
                // The code was refused; nothing that was connected needs signing in again.
                Exit::SignIn => Exit::Failure,
                other => other,
            }),
        _ => Exit::Failure,
    }
}

fn exit_of_gateway(error: &GatewayError) -> Exit {
    match error {
        GatewayError::Transport(_) => Exit::Gateway,
        other => match other.advice().class {
            Class::Retry | Class::Wait { .. } => Exit::Gateway,
            Class::Reauthorize => Exit::SignIn,
            _ => Exit::Failure,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_said_already_is_not_repeated() {
        let inner = io::Error::other("disk on fire");
        let failure = Failure::new(Exit::Failure, "x", "it failed: disk on fire").because(&inner);
        assert!(failure.causes.is_empty());
        let failure = Failure::new(Exit::Failure, "x", "it failed").because(&inner);
        assert_eq!(failure.causes, ["disk on fire"]);
    }

    #[test]
    fn a_reader_that_went_away_is_success() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit, failure.silent), (Exit::Success, true));
    }
}
