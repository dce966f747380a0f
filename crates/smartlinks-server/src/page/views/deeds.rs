//! What was done and why it failed, in words: stable names and codes as a person reads them.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::{AuthError, EventKind, Frame, ProblemKind};

/// What the audit log tells that is no event.
const DEEDS: [(&str, Key); 44] = [
    ("token.vended", Key::DeedTokenVended),
    ("connection.called", Key::DeedConnectionCalled),
    ("token_file.written", Key::DeedTokenFileWritten),
    ("connections.exported", Key::DeedConnectionsExported),
    ("connect_link.created", Key::DeedLinkCreated),
    ("connect_link.used", Key::DeedLinkUsed),
    ("connect_link.revoked", Key::DeedLinkRevoked),
    ("webhook.created", Key::DeedWebhookCreated),
    ("webhook.changed", Key::DeedWebhookChanged),
    ("webhook.enabled", Key::DeedWebhookEnabled),
    ("webhook.deleted", Key::DeedWebhookDeleted),
    ("webhook.secret_rotated", Key::DeedWebhookSecret),
    ("webhook.tested", Key::DeedWebhookTested),
    ("webhook.resent", Key::DeedWebhookResent),
    ("order.placing", Key::DeedOrderPlacing),
    ("order.decided", Key::DeedOrderDecided),
    ("watch.policies", Key::DeedWatchPolicies),
    ("product.sku_replaced", Key::DeedSkuReplaced),
    ("product.priced_by_hand", Key::DeedPricedByHand),
    ("product.priced_by_rules", Key::DeedPricedByRules),
    ("price_rule.created", Key::DeedRuleCreated),
    ("price_rule.changed", Key::DeedRuleChanged),
    ("price_rule.default", Key::DeedRuleDefault),
    ("price_rule.deleted", Key::DeedRuleDeleted),
    ("exchange_rate.set", Key::DeedRateSet),
    ("exchange_rate.removed", Key::DeedRateRemoved),
    ("catalogue_import.started", Key::DeedImportStarted),
    ("catalogue_import.cancelled", Key::DeedImportCancelled),
    ("catalogue_import.resumed", Key::DeedImportResumed),
    ("market.chosen", Key::DeedMarketChosen),
    ("market.forgotten", Key::DeedMarketForgotten),
    ("operator.signed_in", Key::DeedSignedIn),
    ("operator.signed_out", Key::DeedSignedOut),
    ("operator.session_ended", Key::DeedSessionEnded),
    ("operator.other_sessions_ended", Key::DeedSessionsEnded),
    (
        "operator.signed_out_everywhere",
        Key::DeedSignedOutEverywhere,
    ),
    ("operator.added", Key::DeedOperatorAdded),
    ("operator.link_made", Key::DeedOperatorLink),
    ("operator.identity_linked", Key::DeedOperatorIdentity),
    ("operator.enabled", Key::DeedOperatorEnabled),
    ("operator.disabled", Key::DeedOperatorDisabled),
    ("keyring.key_added", Key::DeedKeyAdded),
    ("keyring.key_activated", Key::DeedKeyActivated),
    ("keyring.key_retired", Key::DeedKeyRetired),
];

/// Two names for the same: a password was chosen.
const PASSWORDS: [&str; 2] = ["operator.password_set", "operator.password_changed"];

/// Words with the stable name beside them; the name alone when it has no words here.
#[derive(Debug, Template)]
#[template(path = "parts/named.html")]
pub(crate) struct Named<'a> {
    words: Option<String>,
    name: Option<&'a str>,
}

impl HtmlSafe for Named<'_> {}

/// The words for an event or an entry of the audit log.
fn deed(name: &str) -> Option<Key> {
    if PASSWORDS.contains(&name) {
        return Some(Key::DeedPassword);
    }
    let known = DEEDS.iter().find(|(known, _)| *known == name);
    known
        .map(|(_, key)| *key)
        .or_else(|| EventKind::from_name(name).key())
}

/// What can be chosen where one kind of entry is looked for: name, words.
pub(crate) fn deeds(frame: &Frame) -> Vec<(&'static str, String)> {
    let events = smartlinks_core::EventKind::ALL
        .iter()
        .map(|kind| kind.as_str());
    let names = events
        .chain(DEEDS.iter().map(|(name, _)| *name))
        .chain(PASSWORDS);
    let mut deeds: Vec<_> = names
        .filter_map(|name| Some((name, frame.t(deed(name)?))))
        .collect();
    // By their names, which keeps together what is about the same thing.
    deeds.sort_unstable();
    deeds
}

impl Frame {
    /// What was done, or has happened.
    pub(crate) fn deed<'a>(&self, name: &'a str) -> Named<'a> {
        let words = deed(name).map(|key| self.t(key));
        Named {
            words,
            name: Some(name),
        }
    }

    /// Why something failed: the gateway's code or one of ours.
    pub(crate) fn reason<'a>(&self, name: &'a str) -> Named<'a> {
        let words = self.reason_words(name);
        Named {
            words,
            name: Some(name),
        }
    }

    /// The same in words alone, where there are any.
    pub(crate) fn reason_words(&self, name: &str) -> Option<String> {
        let key = match (ProblemKind::from_code(name), name) {
            (_, "wrong_password") => Some(Key::SignInWrong),
            (_, "too_many_attempts") => Some(Key::ProblemTooManyAttempts),
            (ProblemKind::Unknown, _) => None,
            (kind, _) => Some(kind.what()),
        };
        key.map(|key| self.t(key))
    }

    /// Why a sign-in came back wrong.
    pub(crate) fn sign_in_reason<'a>(&self, name: &'a str) -> Named<'a> {
        match AuthError::from_slug(name) {
            AuthError::Other(_) => self.reason(name),
            known => Named {
                words: Some(self.t(known.what())),
                name: Some(name),
            },
        }
    }

    /// Why a webhook's receiver did not take a message.
    pub(crate) fn receiver_reason<'a>(&self, name: &'a str) -> Named<'a> {
        let words = match name {
            "private_address" => self.t(Key::ReceiverPrivate),
            "unresolved" => self.t(Key::ReceiverUnresolved),
            "unreachable" => self.t(Key::ReceiverUnreachable),
            "timeout" => self.t(Key::ReceiverTimeout),
            "broken" => self.t(Key::ReceiverBroken),
            "unable" => self.t(Key::ReceiverUnable),
            other => match other.strip_prefix("http_") {
                Some(status) => return self.receiver_answer(Some(status)),
                None => {
                    return Named {
                        words: None,
                        name: Some(name),
                    };
                }
            },
        };
        Named {
            words: Some(words),
            name: Some(name),
        }
    }

    /// The status of a webhook's receiver.
    pub(crate) fn receiver_answer(&self, status: Option<&str>) -> Named<'static> {
        Named {
            words: status.map(|status| self.t1(Key::ReceiverStatus, "status", status)),
            name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_words() {
        for kind in smartlinks_core::EventKind::ALL {
            assert!(deed(kind.as_str()).is_some(), "{}", kind.as_str());
        }
    }

    /// Reads the names that the use cases give to their entries, so that a new one is not shown as a bare name.
    #[test]
    fn every_entry_of_the_audit_log_has_words() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../smartlinks-core/src");
        let mut folders = vec![std::path::PathBuf::from(root)];
        let mut names = std::collections::BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let source = std::fs::read_to_string(&path).unwrap();
                    names.extend(
                        source
                            .split('"')
                            .filter(|text| is_name(text))
                            .map(str::to_owned),
                    );
                }
            }
        }
        assert!(names.len() > 50, "{names:?}");
        let unnamed: Vec<_> = names.iter().filter(|name| deed(name).is_none()).collect();
        assert_eq!(unnamed, Vec::<&String>::new());
    }

    fn is_name(text: &str) -> bool {
        let nouns = [
            "connection",
            "connections",
            "connect_link",
            "webhook",
            "operator",
            "api_key",
            "keyring",
            "token",
            "token_file",
            "order",
            "push",
            "product",
            "prices",
            "price_rule",
            "exchange_rate",
            "catalogue_import",
            "import",
            "watch",
            "market",
        ];
        let is_word = |text: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        };
        text.split_once('.')
            .is_some_and(|(noun, verb)| nouns.contains(&noun) && is_word(verb))
    }
}
