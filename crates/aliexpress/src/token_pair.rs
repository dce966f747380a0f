use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AccessToken, RefreshToken, decode};

/// An access token, its refresh token, and their two deadlines.
///
/// The deadlines are counted from our own clock at the start of the request, from the seconds in the answer; where the
/// answer has only the absolute milliseconds, those are used. What the answer does not say is `None`, never zero.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenPair {
    /// Sent with every call that acts for the account.
    pub access_token: AccessToken,
    /// Trades for the next pair. Some refresh answers leave it out: keep the old one then.
    pub refresh_token: Option<RefreshToken>,
    /// Our clock when the request started.
    pub obtained_at: Timestamp,
    /// When the access token ends.
    pub works_until: Option<Timestamp>,
    /// When the account has to sign in again at the latest. Refreshing does not move it. When the pair cannot be
    /// refreshed this is the end of the access token.
    pub sign_in_again_by: Option<Timestamp>,
    /// Whether the pair can be refreshed; `Some(false)` when the answer's `refresh_expires_in` is 0.
    pub refreshable: Option<bool>,
    /// Whose tokens these are.
    pub account: TokenAccount,
    /// Names the call for AliExpress support.
    pub request_id: Option<String>,
}

/// Whose tokens a pair holds. The security endpoints leave some of it out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(default)]
pub struct TokenAccount {
    /// Id of the user, digits.
    #[serde(deserialize_with = "decode::text")]
    pub user_id: Option<String>,
    /// Id of the seller, digits; the user's for buyers.
    #[serde(deserialize_with = "decode::text")]
    pub seller_id: Option<String>,
    /// Alibaba-wide id, digits.
    #[serde(deserialize_with = "decode::text")]
    pub havana_id: Option<String>,
    /// Id of the account, digits.
    #[serde(deserialize_with = "decode::text")]
    pub account_id: Option<String>,
    /// Nick name.
    #[serde(deserialize_with = "decode::text")]
    pub user_nick: Option<String>,
    /// Login, usually an e-mail address: personal data, do not log.
    #[serde(deserialize_with = "decode::text")]
    pub account: Option<String>,
    /// `buyerApp` for dropshippers, `seller_center` for sellers.
    #[serde(deserialize_with = "decode::text")]
    pub account_platform: Option<String>,
    /// Site, `ae`.
    #[serde(deserialize_with = "decode::text")]
    pub sp: Option<String>,
    /// Locale, such as `en_US`.
    #[serde(deserialize_with = "decode::text")]
    pub locale: Option<String>,
}

/// Without the login.
impl fmt::Debug for TokenAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAccount")
            .field("user_id", &self.user_id)
            .field("account_platform", &self.account_platform)
            .finish_non_exhaustive()
    }
}

/// What the four token endpoints answer. The tokens are read strictly; everything beside them may be odd without
/// costing a pair that the gateway has already rotated.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct TokenAnswer {
    #[serde(deserialize_with = "decode::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "decode::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "decode::int_if_any")]
    expires_in: Option<i64>,
    #[serde(deserialize_with = "decode::int_if_any")]
    refresh_expires_in: Option<i64>,
    #[serde(deserialize_with = "decode::int_if_any")]
    expire_time: Option<i64>,
    #[serde(deserialize_with = "decode::int_if_any")]
    refresh_token_valid_time: Option<i64>,
    #[serde(deserialize_with = "decode::text_if_any")]
    request_id: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    user_id: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    seller_id: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    havana_id: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    account_id: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    user_nick: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    account: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    account_platform: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    sp: Option<String>,
    #[serde(deserialize_with = "decode::text_if_any")]
    locale: Option<String>,
}

impl TokenAnswer {
    /// The pair, or `None` when there is no access token in the answer.
    pub(crate) fn into_pair(self, started: Timestamp) -> Option<TokenPair> {
        let works_until = deadline(started, self.expires_in, self.expire_time);
        let refresh_until = deadline(
            started,
            self.refresh_expires_in,
            self.refresh_token_valid_time,
        );
        let refreshable = match self.refresh_expires_in {
            Some(seconds) => Some(seconds > 0),
            None => refresh_until.map(|end| end > started),
        };
        let sign_in_again_by = if refreshable == Some(false) {
            works_until
        } else {
            refresh_until
        };
        Some(TokenPair {
            access_token: AccessToken::new(self.access_token?),
            refresh_token: self.refresh_token.map(RefreshToken::new),
            obtained_at: started,
            works_until,
            sign_in_again_by,
            refreshable,
            account: TokenAccount {
                user_id: self.user_id,
                seller_id: self.seller_id,
                havana_id: self.havana_id,
                account_id: self.account_id,
                user_nick: self.user_nick,
                account: self.account,
                account_platform: self.account_platform,
                sp: self.sp,
                locale: self.locale,
            },
            request_id: self.request_id,
        })
    }
}

/// Seconds from now when given, else the absolute instant. An absolute 0 means "not set", never 1970.
fn deadline(
    started: Timestamp,
    seconds: Option<i64>,
    absolute_ms: Option<i64>,
) -> Option<Timestamp> {
    match seconds {
        Some(seconds) => started
            .checked_add(SignedDuration::from_secs(seconds.max(0)))
            .ok(),
        None => absolute_ms
            .filter(|milliseconds| *milliseconds > 0)
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()),
    }
}
