//! What every page carries: language, time, who is looking, and what has just happened.

use crate::page::assets;
use crate::page::format::{Formats, places};
use crate::page::i18n::{Key, Locale, Texts, ToArg};
use crate::page::views::{CatalogueDeed, EventKind, Problem};

/// What the layout needs, whatever the page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Language of the page.
    pub locale: Locale,
    /// The time the page is rendered for; every relative time counts from here. Milliseconds.
    pub now_ms: i64,
    /// Running on the built-in sandbox: says so on every page.
    pub sandbox: bool,
    /// Path and query of this page without `lang`, for example `/aliexpress/products?q=lamp`.
    pub path: String,
    /// An operator is signed in and may sign out. `false` where no sign-in is needed.
    pub can_sign_out: bool,
    /// What has just been done, or has failed to be done, by the form that led here.
    pub notice: Option<Notice>,
}

/// The four tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// `/aliexpress`
    Overview,
    /// `/aliexpress/authentication`
    Authentication,
    /// `/aliexpress/products`
    Products,
    /// `/aliexpress/orders`
    Orders,
}

impl Tab {
    /// In the order they are shown.
    pub const ALL: [Self; 4] = [
        Self::Overview,
        Self::Authentication,
        Self::Products,
        Self::Orders,
    ];

    /// The pages that stand under no tab of their own; every page links to them at its end.
    pub const MORE: [(&'static str, Key); 6] = [
        ("/aliexpress/links", Key::LinksTitle),
        ("/aliexpress/keys", Key::ApiKeysTitle),
        ("/aliexpress/webhooks", Key::WebhooksTitle),
        ("/aliexpress/operators", Key::OperatorsTitle),
        ("/aliexpress/audit", Key::AuditTitle),
        ("/api/docs", Key::FooterDocs),
    ];

    /// Where the tab leads.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Overview => "/aliexpress",
            Self::Authentication => "/aliexpress/authentication",
            Self::Products => "/aliexpress/products",
            Self::Orders => "/aliexpress/orders",
        }
    }

    pub(crate) fn is(self, current: Option<Self>) -> bool {
        current == Some(self)
    }

    /// Its name.
    #[must_use]
    pub const fn key(self) -> Key {
        match self {
            Self::Overview => Key::TabOverview,
            Self::Authentication => Key::TabAuthentication,
            Self::Products => Key::TabProducts,
            Self::Orders => Key::TabOrders,
        }
    }
}

/// How something stands. Always shown as a shape and a word as well as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Good,
    /// It is this one's turn.
    Current,
    /// Somebody should look, nothing is broken yet.
    Warn,
    /// Broken until somebody acts.
    Bad,
    /// Not begun, or over.
    Idle,
}

impl Tone {
    /// The class in the style sheet.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Current => "current",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Idle => "idle",
        }
    }
}

/// Said once at the top of the page after a form was sent.
#[derive(Debug, Clone)]
pub enum Notice {
    /// A connection's tokens were renewed. Its name as shown.
    Refreshed(String),
    /// Another connection is now the default one.
    DefaultChanged(String),
    /// A connection has a new label.
    Renamed(String),
    /// A connection was ended.
    Disconnected(String),
    /// An order was added by its number.
    OrderAdded(String),
    /// That order was already known.
    OrderKnown(String),
    /// An order was asked about again.
    OrderRefreshed(String),
    /// A person has said what became of an order.
    OrderDecided,
    /// A connect link was taken back.
    LinkRevoked,
    /// A connect link was over already, so there was nothing to take back.
    LinkOver,
    /// An API key was ended.
    ApiKeyRevoked(String),
    /// Something was done with a webhook.
    Webhook(WebhookDeed),
    /// Something was done about what AliExpress has changed.
    Watch(WatchDeed),
    /// Something was done with the catalogue.
    Catalogue(CatalogueDeed),
    /// The operator has signed out.
    SignedOut,
    /// The operator has another password now.
    PasswordChanged,
    /// One other session was ended.
    SessionEnded,
    /// All other sessions were ended.
    SessionsEnded,
    /// The form of an order was sent before, and this is what became of it.
    OrderSentBefore,
    /// A market is remembered.
    MarketChosen,
    /// What was asked for did not happen.
    Failed(Problem),
}

/// What can be done with a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookDeed {
    /// Its address, events or description are others.
    Changed,
    /// It is gone.
    Deleted,
    /// It is told of events again.
    Enabled,
    /// It is told of nothing more.
    Disabled,
    /// A test event is on its way.
    Tested,
    /// A delivery is on its way once more.
    Resent,
}

impl WebhookDeed {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Changed,
        Self::Deleted,
        Self::Enabled,
        Self::Disabled,
        Self::Tested,
        Self::Resent,
    ];

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Changed => Key::NoticeWebhookChanged,
            Self::Deleted => Key::NoticeWebhookDeleted,
            Self::Enabled => Key::NoticeWebhookEnabled,
            Self::Disabled => Key::NoticeWebhookDisabled,
            Self::Tested => Key::NoticeWebhookTested,
            Self::Resent => Key::NoticeWebhookResent,
        }
    }
}

/// What can be done about what AliExpress has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchDeed {
    /// It was chosen what is done about changes.
    PoliciesChosen,
    /// A variant takes the place of one that is gone.
    Repaired,
    /// A variant is not sold any more.
    Unsold,
    /// AliExpress was asked about a product.
    Checked,
    /// A product that was held is for sale again.
    Relisted,
}

impl WatchDeed {
    /// All of them.
    pub(crate) const ALL: [Self; 5] = [
        Self::PoliciesChosen,
        Self::Repaired,
        Self::Unsold,
        Self::Checked,
        Self::Relisted,
    ];

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::PoliciesChosen => Key::NoticePoliciesChosen,
            Self::Repaired => Key::NoticeRepaired,
            Self::Unsold => Key::NoticeUnsold,
            Self::Checked => Key::NoticeChecked,
            Self::Relisted => Key::NoticeRelisted,
        }
    }
}

impl Notice {
    /// The sentence, or `None` for a failure, which is shown as a problem.
    pub(crate) fn sentence(&self, frame: &Frame) -> Option<String> {
        let (key, name) = match self {
            Self::Refreshed(name) => (Key::NoticeRefreshed, name.as_str()),
            Self::DefaultChanged(name) => (Key::NoticeDefault, name.as_str()),
            Self::Renamed(name) => (Key::NoticeRenamed, name.as_str()),
            Self::Disconnected(name) => (Key::NoticeDisconnected, name.as_str()),
            Self::OrderAdded(id) => (Key::NoticeOrderAdded, id.as_str()),
            Self::OrderKnown(id) => (Key::NoticeOrderKnown, id.as_str()),
            Self::OrderRefreshed(id) => (Key::NoticeOrderRefreshed, id.as_str()),
            Self::OrderSentBefore => return Some(frame.t(Key::NoticeOrderSentBefore)),
            Self::OrderDecided => return Some(frame.t(Key::NoticeOrderDecided)),
            Self::LinkRevoked => return Some(frame.t(Key::NoticeLinkRevoked)),
            Self::LinkOver => return Some(frame.t(Key::NoticeLinkOver)),
            Self::ApiKeyRevoked(name) => (Key::NoticeApiKeyRevoked, name.as_str()),
            Self::Webhook(deed) => return Some(frame.t(deed.key())),
            Self::Watch(deed) => return Some(frame.t(deed.key())),
            Self::Catalogue(deed) => return Some(frame.t(deed.key())),
            Self::SignedOut => return Some(frame.t(Key::NoticeSignedOut)),
            Self::PasswordChanged => return Some(frame.t(Key::NoticePasswordChanged)),
            Self::SessionEnded => return Some(frame.t(Key::NoticeSessionEnded)),
            Self::SessionsEnded => return Some(frame.t(Key::NoticeSessionsEnded)),
            Self::MarketChosen => return Some(frame.t(Key::NoticeMarketChosen)),
            Self::Failed(_) => return None,
        };
        Some(frame.t1(key, "name", name))
    }
}

/// The developer application as configured.
#[derive(Debug, Clone)]
pub struct AppView {
    /// Whether its keys are there and good.
    pub keys: AppKeys,
    /// The app key, which is public. `None` when not configured.
    pub app_key: Option<String>,
    /// The callback address that must be registered in the AliExpress console.
    pub callback_url: Option<String>,
    /// The callback address is neither HTTPS nor on this machine, which AliExpress does not register.
    pub callback_insecure: bool,
    /// Where calls go, for example `https://api-sg.aliexpress.com`.
    pub gateway: String,
}

/// How far the keys are known to be good.
#[derive(Debug, Clone)]
pub enum AppKeys {
    /// Well formed; the gateway has not yet answered with them.
    Found,
    /// The gateway has accepted a call signed with them.
    Checked,
    /// The gateway refuses them.
    Refused(Problem),
    /// Something is missing or malformed, so nothing can be done.
    Missing(Vec<MissingSetting>),
}

/// A setting that keeps the service from being configured.
#[derive(Debug, Clone)]
pub struct MissingSetting {
    /// The variable, for example `ALIEXPRESS_APP_KEY`.
    pub variable: String,
    /// `None`: not set. Otherwise what is wrong with its value, never the value of a secret.
    pub trouble: Option<String>,
}

impl AppView {
    /// Nothing can be done before somebody mends the settings.
    #[must_use]
    pub fn missing(&self) -> &[MissingSetting] {
        match &self.keys {
            AppKeys::Missing(settings) => settings,
            _ => &[],
        }
    }

    pub(crate) fn usable(&self) -> bool {
        matches!(self.keys, AppKeys::Found | AppKeys::Checked)
    }
}

impl Frame {
    /// The words of the page's language.
    #[must_use]
    pub fn texts(&self) -> Texts {
        Texts::of(self.locale)
    }

    pub(crate) fn formats(&self) -> Formats {
        Formats::new(self.locale, self.now_ms)
    }

    pub(crate) fn t(&self, key: Key) -> String {
        self.texts().get(key)
    }

    pub(crate) fn t1(&self, key: Key, name: &'static str, value: impl ToArg) -> String {
        self.texts().with(key, [(name, value.to_arg())])
    }

    pub(crate) fn t2(
        &self,
        key: Key,
        first: &'static str,
        first_value: impl ToArg,
        second: &'static str,
        second_value: impl ToArg,
    ) -> String {
        self.texts().with(
            key,
            [
                (first, first_value.to_arg()),
                (second, second_value.to_arg()),
            ],
        )
    }

    /// This page in another language.
    pub(crate) fn in_language(&self, locale: &Locale) -> String {
        let join = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{join}lang={}", self.path, locale.code())
    }

    /// Whether this is the page at an address, whatever is asked of it.
    pub(crate) fn is_at(&self, href: &str) -> bool {
        self.path.split('?').next() == Some(href)
    }

    pub(crate) fn speaks(&self, locale: &Locale) -> bool {
        self.locale == *locale
    }

    pub(crate) fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    /// The events after which the script looks again.
    pub(crate) fn event_names(&self) -> String {
        EventKind::names()
    }

    pub(crate) fn countries(&self, chosen: &str) -> Vec<(String, String)> {
        places::countries(self.texts(), chosen)
    }

    pub(crate) fn country(&self, code: &str) -> String {
        places::country(self.texts(), code)
    }

    pub(crate) fn currencies(&self, chosen: &str) -> Vec<String> {
        places::currencies(chosen)
    }

    pub(crate) fn asset(&self, name: &str) -> String {
        assets::url(name)
    }
}
