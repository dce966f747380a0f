//! Switches for what is undocumented or differs between apps.

mod choices;
pub(crate) mod table;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::config::CheckTimestamp;
pub(crate) use choices::{
    AddressForm, AppKeyError, AutoPay, CallWithoutMethod, CheckOrder, CodeForm, CommissionCursor,
    EmptyParams, ErrorCodes, ErrorTypes, ImageSearchForm, LegacySignatures, Lists,
    MissingRedirectUri, Numbers, Permission, PushTimestamps, RateLimits, RecommendFeedForm,
    RedirectUriMatch, RepeatedOrder, Simplify, SimplifyDrops, SkuDetailForm, TokenCalls, TraceIds,
    Uuid,
};

/// How long tokens live, in seconds. Counted on the virtual clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifetimes {
    pub(crate) access_s: i64,
    pub(crate) refresh_s: i64,
}

impl Lifetimes {
    /// A launched dropshipping app: 30 and 60 days.
    pub(crate) const ONLINE: Self = Self {
        access_s: 2_592_000,
        refresh_s: 5_184_000,
    };
    /// An app in status Test: one and two days.
    pub(crate) const TEST: Self = Self {
        access_s: 86_400,
        refresh_s: 172_800,
    };
}

/// All switches; `GET /_sandbox/profile` shows them, `POST` changes any of them. What each accepts stands
/// in [`table::SWITCHES`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub(crate) lifetimes: Lifetimes,
    pub(crate) rotate_refresh_token: bool,
    pub(crate) old_access_valid: bool,
    pub(crate) old_refresh_valid: bool,
    pub(crate) reuse_ends_grant: bool,
    pub(crate) clip_access_at_refresh: bool,
    pub(crate) second_authorisation_ends_first: bool,
    pub(crate) code_life_s: i64,
    pub(crate) code_form: CodeForm,
    pub(crate) uuid: Uuid,
    pub(crate) token_calls: TokenCalls,
    pub(crate) omit: Vec<String>,
    pub(crate) deny_redirects_with_error: bool,
    pub(crate) missing_redirect_uri: MissingRedirectUri,
    pub(crate) redirect_uri_match: RedirectUriMatch,
    /// Accounts that may authorise, by alias, nick, login or user id; all when empty.
    pub(crate) whitelist: Vec<String>,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) check_order: CheckOrder,
    pub(crate) call_without_method: CallWithoutMethod,
    pub(crate) check_timestamp: CheckTimestamp,
    pub(crate) timestamp_tolerance_s: i64,
    pub(crate) civil_timestamps: bool,
    pub(crate) seconds_timestamps: bool,
    pub(crate) empty_params: EmptyParams,
    pub(crate) legacy_signatures: LegacySignatures,
    pub(crate) rate_limits: RateLimits,
    pub(crate) daily_quota: u32,
    pub(crate) simplify: Simplify,
    pub(crate) simplify_drops: SimplifyDrops,
    pub(crate) lists: Lists,
    pub(crate) numbers: Numbers,
    pub(crate) trace_ids: TraceIds,
    pub(crate) error_codes: ErrorCodes,
    pub(crate) error_types: ErrorTypes,
    pub(crate) app_key_error: AppKeyError,
    pub(crate) auto_pay: AutoPay,
    pub(crate) repeated_order: RepeatedOrder,
    pub(crate) commission_cursor: CommissionCursor,
    pub(crate) image_search_form: ImageSearchForm,
    pub(crate) recommend_feed_form: RecommendFeedForm,
    pub(crate) sku_detail_form: SkuDetailForm,
    pub(crate) address_form: AddressForm,
    pub(crate) push_timestamps: PushTimestamps,
    pub(crate) push_deadline_ms: u64,
    pub(crate) push_retry_s: i64,
    pub(crate) push_retries: u32,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::ONLINE,
            rotate_refresh_token: true,
            old_access_valid: true,
            old_refresh_valid: false,
            reuse_ends_grant: false,
            clip_access_at_refresh: false,
            second_authorisation_ends_first: false,
            code_life_s: 180,
            code_form: CodeForm::WithAppKey,
            uuid: Uuid::Refused,
            token_calls: TokenCalls::GetAndPost,
            omit: Vec::new(),
            deny_redirects_with_error: false,
            missing_redirect_uri: MissingRedirectUri::Registered,
            redirect_uri_match: RedirectUriMatch::Exact,
            whitelist: Vec::new(),
            permissions: vec![Permission::Dropshipping, Permission::Affiliate],
            check_order: CheckOrder::Default,
            call_without_method: CallWithoutMethod::Error,
            check_timestamp: CheckTimestamp::Real,
            timestamp_tolerance_s: 7200,
            civil_timestamps: true,
            seconds_timestamps: false,
            empty_params: EmptyParams::Either,
            legacy_signatures: LegacySignatures::Accepted,
            rate_limits: RateLimits::Off,
            // What the predecessor allowed an app in status Test; today's numbers are not published.
            daily_quota: 5000,
            simplify: Simplify::WithFormatJson,
            simplify_drops: SimplifyDrops::Both,
            lists: Lists::Wrapped,
            numbers: Numbers::Number,
            trace_ids: TraceIds::AsRecorded,
            error_codes: ErrorCodes::Text,
            error_types: ErrorTypes::AsListed,
            app_key_error: AppKeyError::InvalidAppKey,
            auto_pay: AutoPay::Works,
            repeated_order: RepeatedOrder::Answered,
            commission_cursor: CommissionCursor::Max,
            image_search_form: ImageSearchForm::Guide,
            recommend_feed_form: RecommendFeedForm::Direct,
            sku_detail_form: SkuDetailForm::Beside,
            address_form: AddressForm::Object,
            push_timestamps: PushTimestamps::Seconds,
            push_deadline_ms: 500,
            push_retry_s: 1800,
            push_retries: 12,
        }
    }
}

impl Profile {
    /// The profile with the given switches changed.
    ///
    /// # Errors
    /// Says which switch is wrong and what it accepts; nothing is changed then.
    pub(crate) fn changed(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut all = json!(self);
        for (name, value) in changes {
            let switch = table::find(name).ok_or_else(|| unknown(name))?;
            switch.check(value)?;
            all[name] = spelled_out(value);
        }
        // What the table accepts the types accept too; a test holds them against each other.
        serde_json::from_value(all).map_err(|error| error.to_string())
    }
}

/// Lifetimes may be given by name; every other value stands for itself.
fn spelled_out(value: &Value) -> Value {
    match value.as_str() {
        Some("online") => json!(Lifetimes::ONLINE),
        Some("test") => json!(Lifetimes::TEST),
        _ => value.clone(),
    }
}

fn unknown(name: &str) -> String {
    let all: Vec<String> = table::SWITCHES
        .iter()
        .map(|switch| format!("{} ({})", switch.name, switch.accepted()))
        .collect();
    format!(
        "{name}: there is no such switch. Accepted: {}",
        all.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::table::{Kind, SWITCHES};
    use super::*;

    fn changed(changes: &Value) -> Result<Profile, String> {
        Profile::default().changed(changes.as_object().unwrap())
    }

    #[test]
    fn switches_are_changed_one_by_one() {
        let profile = changed(&json!({"lifetimes": "test", "numbers": "string"})).unwrap();
        assert_eq!(profile.lifetimes, Lifetimes::TEST);
        assert_eq!(profile.numbers, Numbers::String);
        assert!(profile.rotate_refresh_token);
    }

    #[test]
    fn wrong_switches_are_named() {
        for (changes, word) in [
            (json!({"lifetime": "test"}), "no such switch"),
            (json!({"lifetimes": "forever"}), "forever"),
            (json!({"lifetimes": {"access_s": -1, "refresh_s": 2}}), "-1"),
            (json!({"simplify": true}), "simplify"),
            (json!({"code_life_s": "180"}), "180"),
            (json!({"permissions": ["selling"]}), "selling"),
            (json!({"omit": "expires_in"}), "list of names"),
            (json!({"push_retries": 1001}), "0 to 1000"),
        ] {
            let error = changed(&changes).unwrap_err();
            assert!(error.contains(word), "{changes} {error}");
        }
    }

    #[test]
    fn table_and_types_know_the_same_switches_and_words() {
        let default = json!(Profile::default());
        let names: Vec<&str> = SWITCHES.iter().map(|switch| switch.name).collect();
        let fields = default.as_object().unwrap();
        assert_eq!(names.len(), fields.len());
        for switch in &SWITCHES {
            let current = &fields[switch.name];
            switch.check(current).unwrap();
            let values = match switch.kind {
                Kind::Truth => vec![json!(true), json!(false)],
                Kind::Words(words) => {
                    assert_eq!(*current, words[0], "{}", switch.name);
                    words.iter().map(|word| json!(word)).collect()
                }
                Kind::Several(words) => vec![json!(words), json!([])],
                Kind::Number { least, most } => vec![json!(least), json!(most)],
                Kind::Names => vec![json!(["a"])],
                Kind::Lifetimes => vec![json!({"access_s": 1, "refresh_s": 0})],
            };
            for value in values {
                let profile = changed(&json!({ switch.name: value })).unwrap();
                assert_eq!(json!(profile)[switch.name], value);
            }
        }
    }
}
