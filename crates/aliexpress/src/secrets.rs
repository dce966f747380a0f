//! The app's secrets while one is being changed for another.
//!
//! A refused signature is proof that the gateway did nothing: it is checked before the API runs. So the same request may
//! be sent again under another secret, whatever it does; that holds for the token endpoints too, of which everything
//! else is sent once.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{AppSecret, Error};

/// The secrets in the order in which they are tried, and which of them the gateway has taken last.
#[derive(Debug)]
pub(crate) struct Secrets {
    all: Vec<AppSecret>,
    working: AtomicUsize,
}

impl Secrets {
    pub(crate) fn new(first: AppSecret) -> Self {
        Self {
            all: vec![first],
            working: AtomicUsize::new(0),
        }
    }

    /// One more; one that is there already is not tried twice.
    pub(crate) fn push(&mut self, also: AppSecret) {
        if !self.all.contains(&also) {
            self.all.push(also);
        }
    }

    pub(crate) fn all(&self) -> &[AppSecret] {
        &self.all
    }

    /// The secrets for one call: the one that worked last, then the others.
    pub(crate) fn trial(&self) -> Trial<'_> {
        Trial {
            secrets: self,
            first: self.working.load(Ordering::Relaxed),
            refused: 0,
        }
    }
}

/// The secrets that one call tries.
pub(crate) struct Trial<'s> {
    secrets: &'s Secrets,
    first: usize,
    refused: usize,
}

impl<'s> Trial<'s> {
    /// The one to sign with.
    pub(crate) fn secret(&self) -> &'s AppSecret {
        &self.secrets.all[self.position()]
    }

    fn position(&self) -> usize {
        match self.refused {
            0 => self.first,
            // The others in their order.
            n if n <= self.first => n - 1,
            n => n,
        }
    }

    /// Goes on to the next one after a refused signature. False when all have been refused.
    pub(crate) fn goes_on(&mut self, error: &Error) -> bool {
        let next = self.refused + 1;
        let possible = error.is_refused_signature() && next < self.secrets.all.len();
        if possible {
            self.refused = next;
        }
        possible
    }

    /// The gateway has carried a call out under this secret: it is the first one from now on.
    pub(crate) fn worked(&self, api: &str) {
        let position = self.position();
        if self.secrets.working.swap(position, Ordering::Relaxed) != position {
            tracing::warn!(
                api,
                secret.position = position + 1,
                secret.of = self.secrets.all.len(),
                "AliExpress has refused the app secret that worked before and takes this one of the list; \
                 take the other one out when no other instance and no push needs it"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_is_tried_once_the_working_one_first() {
        let secret = |text: &str| AppSecret::parse(text).unwrap();
        let mut secrets = Secrets::new(secret("a"));
        for text in ["b", "c", "a"] {
            secrets.push(secret(text));
        }
        assert_eq!(secrets.all().len(), 3);
        for (working, expected) in [(0, "abc"), (1, "bac"), (2, "cab")] {
            secrets.working.store(working, Ordering::Relaxed);
            let mut trial = secrets.trial();
            let mut tried = trial.secret().expose().to_owned();
            let refused = Error::from(crate::GatewayError::new("IncompleteSignature", ""));
            while trial.goes_on(&refused) {
                tried.push_str(trial.secret().expose());
            }
            assert_eq!(tried, expected);
            assert!(!trial.goes_on(&refused));
        }
    }
}
