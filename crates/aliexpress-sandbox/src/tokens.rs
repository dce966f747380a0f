//! Authorization codes and token pairs. Only their SHA-256 is kept.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::issue::{self, fingerprint};
use crate::profile::Profile;

/// A code that has not been spent.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Code {
    account: String,
    app_key: String,
    until_ms: i64,
}

/// An access or refresh token that was handed out.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    account: String,
    /// The authorisation it belongs to. When it is no longer that one's newest, whether it still works
    /// is a switch of the profile.
    grant: u64,
    until_ms: i64,
}

/// One authorisation: its newest pair and the end of its refresh window, which refreshing does not move.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Grant {
    access: String,
    refresh: String,
    refresh_until_ms: i64,
    access_until_ms: i64,
}

/// A pair in clear, on its way into an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) account: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_in_s: i64,
    pub(crate) expire_time_ms: i64,
    pub(crate) refresh_expires_in_s: i64,
    pub(crate) refresh_until_ms: i64,
}

/// Who is issuing, when, and under which rules.
pub(crate) struct Issuing<'a> {
    pub(crate) seed: u64,
    pub(crate) app_key: &'a str,
    pub(crate) now_ms: i64,
    pub(crate) profile: &'a Profile,
}

/// All live codes and tokens.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Tokens {
    /// Counts everything ever issued and survives a reset, so that no text comes twice.
    issued: u64,
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Held>,
    refresh: BTreeMap<String, Held>,
    grants: BTreeMap<u64, Grant>,
    /// Number of entries at which the ended ones are swept out.
    #[serde(skip)]
    sweep_at: usize,
}

impl Tokens {
    /// Forgets every code and token, but not how many there were.
    pub(crate) fn cleared(&self) -> Self {
        Self {
            issued: self.issued,
            ..Self::default()
        }
    }

    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        (self.codes.len(), self.access.len(), self.refresh.len())
    }

    /// Makes a code for an account.
    pub(crate) fn issue_code(&mut self, account: &str, by: &Issuing<'_>) -> String {
        self.sweep(by.now_ms);
        self.issued += 1;
        let code = issue::code(by.seed, by.app_key, self.issued, by.profile.code_form);
        let until_ms = by
            .now_ms
            .saturating_add(by.profile.code_life_s.saturating_mul(1000));
        let kept = Code {
            account: account.to_owned(),
            app_key: by.app_key.to_owned(),
            until_ms,
        };
        self.codes.insert(fingerprint(&code), kept);
        code
    }

    /// Spends a code. `None` when it is unknown, spent, late or of another app; a late one is spent too.
    pub(crate) fn exchange(&mut self, code: &str, by: &Issuing<'_>) -> Option<Pair> {
        let found = self.codes.remove(&fingerprint(code))?;
        if found.app_key != by.app_key || by.now_ms >= found.until_ms {
            return None;
        }
        if by.profile.second_authorisation_ends_first {
            self.end(|held| held.account == found.account);
        }
        self.issued += 1;
        let grant = self.issued;
        let until = whole_second(by.now_ms)
            .saturating_add(by.profile.lifetimes.refresh_s.saturating_mul(1000));
        Some(self.issue_pair(&found.account, grant, until, None, by))
    }

    /// Trades a refresh token for a new pair inside the same refresh window. `None` when refused.
    pub(crate) fn refresh(&mut self, refresh_token: &str, by: &Issuing<'_>) -> Option<Pair> {
        let key = fingerprint(refresh_token);
        let held = self.refresh.get(&key)?;
        let grant = self.grants.get(&held.grant)?;
        let replaced = grant.refresh != key;
        if replaced && !by.profile.old_refresh_valid && by.profile.reuse_ends_grant {
            let ended = held.grant;
            self.end(|held| held.grant == ended);
            return None;
        }
        if by.now_ms >= held.until_ms || (replaced && !by.profile.old_refresh_valid) {
            return None;
        }
        let (account, number, until) = (held.account.clone(), held.grant, grant.refresh_until_ms);
        let kept = (!by.profile.rotate_refresh_token).then_some(refresh_token);
        Some(self.issue_pair(&account, number, until, kept, by))
    }

    /// Forgets the tokens that `ended` picks; authorisations left without any go at the next sweep.
    fn end(&mut self, ended: impl Fn(&Held) -> bool) {
        self.access.retain(|_, held| !ended(held));
        self.refresh.retain(|_, held| !ended(held));
    }

    /// The account behind an access token that works now.
    pub(crate) fn account_of(
        &self,
        access_token: &str,
        now_ms: i64,
        profile: &Profile,
    ) -> Option<&str> {
        let key = fingerprint(access_token);
        let held = self.access.get(&key)?;
        let newest = || {
            self.grants
                .get(&held.grant)
                .is_some_and(|grant| grant.access == key)
        };
        let works = now_ms < held.until_ms && (profile.old_access_valid || newest());
        works.then_some(held.account.as_str())
    }

    fn issue_pair(
        &mut self,
        account: &str,
        grant: u64,
        refresh_until_ms: i64,
        kept_refresh_token: Option<&str>,
        by: &Issuing<'_>,
    ) -> Pair {
        self.sweep(by.now_ms);
        self.issued += 1;
        let issued_ms = whole_second(by.now_ms);
        let access_ms = by.profile.lifetimes.access_s.saturating_mul(1000);
        let mut expire_time_ms = issued_ms.saturating_add(access_ms);
        // An authorisation that cannot be refreshed has no window to end with.
        if by.profile.clip_access_at_refresh && refresh_until_ms > issued_ms {
            expire_time_ms = expire_time_ms.min(refresh_until_ms);
        }
        let access_token = issue::access_token(by.seed, self.issued);
        let refresh_token = kept_refresh_token
            .map_or_else(|| issue::refresh_token(by.seed, self.issued), str::to_owned);
        let (access, refresh) = (fingerprint(&access_token), fingerprint(&refresh_token));
        let held = |until_ms| Held {
            account: account.to_owned(),
            grant,
            until_ms,
        };
        self.access.insert(access.clone(), held(expire_time_ms));
        self.refresh.insert(refresh.clone(), held(refresh_until_ms));
        let newest = Grant {
            access,
            refresh,
            refresh_until_ms,
            access_until_ms: expire_time_ms,
        };
        self.grants.insert(grant, newest);
        Pair {
            account: account.to_owned(),
            access_token,
            refresh_token,
            expires_in_s: (expire_time_ms - issued_ms) / 1000,
            expire_time_ms,
            refresh_expires_in_s: (refresh_until_ms - issued_ms) / 1000,
            refresh_until_ms,
        }
    }

    /// Drops what has ended, each time the number of entries has doubled: amortised constant cost.
    fn sweep(&mut self, now_ms: i64) {
        let entries = self.codes.len() + self.access.len() + self.refresh.len();
        if entries < self.sweep_at {
            return;
        }
        self.codes.retain(|_, code| code.until_ms > now_ms);
        self.access.retain(|_, held| held.until_ms > now_ms);
        self.refresh.retain(|_, held| held.until_ms > now_ms);
        self.grants
            .retain(|_, grant| grant.refresh_until_ms.max(grant.access_until_ms) > now_ms);
        let left = self.codes.len() + self.access.len() + self.refresh.len();
        self.sweep_at = (left * 2).max(1000);
    }
}

/// Deadlines are counted from whole seconds, as the documented samples show.
fn whole_second(ms: i64) -> i64 {
    ms - ms.rem_euclid(1000)
}
