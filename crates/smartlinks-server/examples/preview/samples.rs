//! Every page in every state, filled with made-up data.

use smartlinks_server::page::i18n::Locale;
use smartlinks_server::page::views::*;

mod accounts;
mod api_keys;
mod catalogue;
mod drift;
mod imported;
mod links;
mod operators;
mod orders;
mod placing;
mod reference;
mod trading;
mod webhooks;

/// 23 November 2026, 12:00 UTC.
pub(crate) const NOW: i64 = 1_795_435_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Text that stands for whatever comes from AliExpress.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Upstream {
    /// Titles.
    pub(crate) text: &'static str,
    /// Names of accounts, people and connections.
    pub(crate) name: &'static str,
    /// What AliExpress gives as a reason.
    pub(crate) said: &'static str,
    /// Links to AliExpress.
    pub(crate) link: &'static str,
    /// Pictures; the number of the picture is put behind it.
    pub(crate) picture: &'static str,
}

/// What AliExpress usually says.
pub(crate) const USUAL: Upstream = Upstream {
    text: "Absorbent bath mat with non-slip back, quick drying, for bathroom and kitchen",
    name: "Maison Moreau",
    said: "The specified authorization code is invalid or has expired",
    link: "https://www.aliexpress.com/item/1005008000000001.html",
    picture: "https://pictures.invalid/",
};

/// A name for the file and the document.
pub(crate) type Page = (String, String);

/// All pages in a language.
pub(crate) fn pages(locale: Locale, upstream: Upstream) -> Vec<Page> {
    let sample = Sample { locale, upstream };
    let mut pages = Vec::new();
    let mut add = |name: &str, document: askama::Result<String>| {
        pages.push((
            format!("{name}.{}", locale.code()),
            document.expect("a page renders"),
        ));
    };
    for (name, page) in sample.overviews() {
        add(&format!("overview-{name}"), page.render());
    }
    for (name, page) in sample.audits() {
        add(&format!("audit-{name}"), page.render());
    }
    for (name, page) in sample.authentications() {
        add(&format!("authentication-{name}"), page.render());
    }
    add("disconnect", sample.disconnect().render());
    add("replace-account", sample.replace_account().render());
    for (name, page) in sample.links() {
        add(&format!("links-{name}"), page.render());
    }
    for (name, page) in sample.connects() {
        add(&format!("connect-{name}"), page.render());
    }
    for (name, page) in sample.connects_done() {
        add(&format!("connect-done-{name}"), page.render());
    }
    for (name, page) in sample.api_keys() {
        add(&format!("api-keys-{name}"), page.render());
    }
    add("api-key-revoke", sample.revoke_api_key().render());
    for (name, state) in sample.product_lists() {
        let q = match name {
            "start" => "",
            "short-link" => sample.upstream.link,
            "other-page" => "https://www.aliexpress.com/store/1102000001",
            _ => "bath mat",
        };
        add(
            &format!("products-{name}"),
            sample.products(q, state).render(),
        );
    }
    for (name, state) in sample.product_states() {
        add(&format!("product-{name}"), sample.product(state).render());
    }
    for (name, page) in sample.drifts() {
        add(&format!("drift-{name}"), page.render());
    }
    for (name, page) in sample.product_histories() {
        add(&format!("product-history-{name}"), page.render());
    }
    for (name, page) in sample.catalogues() {
        add(&format!("catalogue-{name}"), page.render());
    }
    for (name, page) in sample.catalogue_products() {
        add(&format!("catalogue-product-{name}"), page.render());
    }
    add("catalogue-remove", sample.remove_product().render());
    for (name, page) in sample.prices() {
        add(&format!("prices-{name}"), page.render());
    }
    for (name, page) in sample.price_rules() {
        add(&format!("price-rule-{name}"), page.render());
    }
    for (name, page) in sample.price_runs() {
        add(&format!("price-run-{name}"), page.render());
    }
    for (name, page) in sample.import_lists() {
        add(&format!("imports-{name}"), page.render());
    }
    for (name, page) in sample.imports() {
        add(&format!("import-{name}"), page.render());
    }
    for (name, page) in sample.pictures() {
        add(&format!("picture-{name}"), page.render());
    }
    for (name, page) in sample.link_pages() {
        add(&format!("affiliate-links-{name}"), page.render());
    }
    for (name, page) in sample.hot_pages() {
        add(&format!("affiliate-hot-{name}"), page.render());
    }
    for (name, page) in sample.commission_pages() {
        add(&format!("affiliate-orders-{name}"), page.render());
    }
    for (name, page) in sample.order_lists() {
        add(&format!("orders-{name}"), page.render());
    }
    for (name, state) in sample.order_states() {
        let page = OrderPage {
            frame: sample.frame("/aliexpress/orders/8188000000000001"),
            id: "8188000000000001".into(),
            state,
        };
        add(&format!("order-{name}"), page.render());
    }
    for (name, page) in sample.new_orders() {
        add(&format!("new-order-{name}"), page.render());
    }
    for (name, page) in sample.batches() {
        add(&format!("batch-{name}"), page.render());
    }
    for (name, page) in sample.intent_lists() {
        add(&format!("intents-{name}"), page.render());
    }
    for (name, page) in sample.intents() {
        add(&format!("intent-{name}"), page.render());
    }
    add("intent-not-placed", sample.not_placed().render());
    for (name, page) in sample.sign_ins() {
        add(&format!("sign-in-{name}"), page.render());
    }
    for (name, page) in sample.sign_in_links() {
        add(&format!("sign-in-link-{name}"), page.render());
    }
    for (name, page) in sample.operators() {
        add(&format!("operators-{name}"), page.render());
    }
    for (name, page) in sample.webhook_lists() {
        add(&format!("webhooks-{name}"), page.render());
    }
    for (name, page) in sample.webhooks() {
        add(&format!("webhook-{name}"), page.render());
    }
    add("webhook-secret", sample.webhook_secret().render());
    add("docs", sample.reference().render());
    for failure in [None, Some(sample.failure(AuthError::ExpiredState))] {
        let name = if failure.is_some() {
            "callback-failed"
        } else {
            "callback-received"
        };
        add(
            name,
            CallbackPage {
                frame: sample.frame("/aliexpress/callback"),
                failure,
            }
            .render(),
        );
    }
    for status in [400, 403, 404, 405, 413, 421, 429, 500, 503] {
        let page = ErrorPage {
            frame: sample.frame("/nowhere"),
            status,
            request_id: Some("req_01JD3Z5T9Q".into()),
            most: (status == 413).then_some(2048),
        };
        add(&format!("error-{status}"), page.render());
    }
    pages
}

struct Sample {
    locale: Locale,
    upstream: Upstream,
}

impl Sample {
    fn text(&self) -> String {
        self.upstream.text.to_owned()
    }

    fn some_text(&self) -> Option<String> {
        Some(self.text())
    }

    fn name(&self) -> String {
        self.upstream.name.to_owned()
    }

    fn some_name(&self) -> Option<String> {
        Some(self.name())
    }

    fn said(&self) -> Option<String> {
        Some(self.upstream.said.to_owned())
    }

    fn frame(&self, path: &str) -> Frame {
        Frame {
            locale: self.locale,
            now_ms: NOW,
            sandbox: true,
            path: path.into(),
            can_sign_out: false,
            notice: None,
        }
    }

    fn app(&self, keys: AppKeys) -> AppView {
        AppView {
            keys,
            app_key: Some("500100".into()),
            callback_url: Some("http://127.0.0.1:8080/aliexpress/callback".into()),
            callback_insecure: false,
            gateway: "https://api-sg.aliexpress.com".into(),
        }
    }

    fn missing(&self) -> Vec<MissingSetting> {
        vec![
            MissingSetting {
                variable: "ALIEXPRESS_APP_KEY".into(),
                trouble: None,
            },
            MissingSetting {
                variable: "ALIEXPRESS_APP_SECRET".into(),
                trouble: Some("it ends with a space; remove it".into()),
            },
        ]
    }

    fn problem(&self, code: &str) -> Problem {
        Problem {
            upstream: self.said(),
            request_id: Some("2101fake17640000000040".into()),
            ..Problem::from_code(code)
        }
    }

    fn failure(&self, error: AuthError) -> AuthFailure {
        AuthFailure {
            wanted: (error == AuthError::AccountMismatch)
                .then(|| Box::new(self.connection(1, ConnectionState::Active))),
            error,
            gateway_code: Some("InvalidCode".into()),
            description: self.said(),
            request_id: Some("2101fake17640000000040".into()),
        }
    }
}

/// Every named way a sign-in can fail, and one that has no name.
pub(crate) const AUTH_SLUGS: [&str; 12] = [
    "access_denied",
    "missing_code",
    "missing_state",
    "unknown_state",
    "expired_state",
    "state_reused",
    "wrong_browser",
    "exchange_failed",
    "account_mismatch",
    "storage_failed",
    "not_configured",
    "server_error",
];
