//! Who may use which route: one table over all of them. A route that does not stand here is refused.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::Method;
use smartlinks_core::Scope;

/// What a route asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Anybody may use it. It grants nothing by itself.
    Public,
    /// An operator, or a key with this scope.
    Needs(Scope),
    /// A person who has signed in: pages and their forms.
    Operator,
}

use Rule::{Needs, Operator, Public};
use Scope::{Admin, Call, Order, Read, Token};

/// Method, path as it is registered, rule.
#[rustfmt::skip]
pub(crate) const RULES: &[(Method, &str, Rule)] = &[
    (Method::GET,    "/", Public),
    (Method::GET,    "/healthz", Public),
    (Method::GET,    "/readyz", Public),
    (Method::GET,    "/assets/{name}", Public),

    (Method::GET,    "/aliexpress/callback", Public),
    // Below the callback there is nothing, and an address with a code must not be carried to the sign-in.
    (Method::GET,    "/aliexpress/callback/{*rest}", Public),
    (Method::GET,    "/aliexpress/received", Public),
    // Merchants with a link, and AliExpress itself: each is believed by what it carries.
    (Method::GET,    "/connect/{token}", Public),
    (Method::POST,   "/connect/{token}", Public),
    (Method::GET,    "/connect/done", Public),
    (Method::POST,   "/aliexpress/push", Public),
    (Method::GET,    "/aliexpress/sign-in", Public),
    (Method::POST,   "/aliexpress/sign-in", Public),
    (Method::GET,    "/aliexpress/sign-in/link", Public),
    (Method::POST,   "/aliexpress/sign-in/link", Public),
    (Method::GET,    "/aliexpress/sign-in/oidc", Public),
    (Method::GET,    "/aliexpress/sign-in/oidc/callback", Public),
    (Method::POST,   "/aliexpress/sign-out", Operator),

    (Method::GET,    "/aliexpress/operators", Operator),
    (Method::POST,   "/aliexpress/operators", Operator),
    (Method::POST,   "/aliexpress/operators/{id}/link", Operator),
    (Method::POST,   "/aliexpress/operators/password", Operator),
    (Method::POST,   "/aliexpress/operators/sessions/{reference}/end", Operator),
    (Method::POST,   "/aliexpress/operators/sessions/end-others", Operator),

    (Method::GET,    "/aliexpress", Operator),
    (Method::GET,    "/aliexpress/audit", Operator),
    (Method::GET,    "/aliexpress/authentication", Operator),
    (Method::POST,   "/aliexpress/authentication/authorize", Operator),
    (Method::POST,   "/aliexpress/authentication/code", Operator),
    (Method::POST,   "/aliexpress/authentication/connections/{id}/refresh", Operator),
    (Method::POST,   "/aliexpress/authentication/connections/{id}/default", Operator),
    (Method::POST,   "/aliexpress/authentication/connections/{id}/label", Operator),
    (Method::GET,    "/aliexpress/authentication/connections/{id}/disconnect", Operator),
    (Method::POST,   "/aliexpress/authentication/connections/{id}/disconnect", Operator),
    (Method::GET,    "/aliexpress/authentication/connections/{id}/replace", Operator),
    (Method::POST,   "/aliexpress/authentication/connections/{id}/replace", Operator),
    (Method::GET,    "/aliexpress/links", Operator),
    (Method::POST,   "/aliexpress/links", Operator),
    (Method::POST,   "/aliexpress/links/{id}/revoke", Operator),
    (Method::GET,    "/aliexpress/keys", Operator),
    (Method::POST,   "/aliexpress/keys", Operator),
    (Method::GET,    "/aliexpress/keys/{id}/revoke", Operator),
    (Method::POST,   "/aliexpress/keys/{id}/revoke", Operator),
    (Method::GET,    "/aliexpress/products", Operator),
    (Method::GET,    "/aliexpress/products/{id}", Operator),
    (Method::GET,    "/aliexpress/drift", Operator),
    (Method::POST,   "/aliexpress/drift/policies", Operator),
    (Method::GET,    "/aliexpress/catalogue/{id}/history", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/check", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/relist", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/repair", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/unsell", Operator),
    (Method::POST,   "/aliexpress/products/market", Operator),
    (Method::GET,    "/aliexpress/products/by-picture", Operator),
    (Method::POST,   "/aliexpress/products/by-picture", Operator),
    (Method::GET,    "/aliexpress/affiliate", Operator),
    (Method::POST,   "/aliexpress/affiliate", Operator),
    (Method::GET,    "/aliexpress/affiliate/hot", Operator),
    (Method::GET,    "/aliexpress/affiliate/orders", Operator),
    (Method::GET,    "/aliexpress/orders", Operator),
    (Method::POST,   "/aliexpress/orders/import", Operator),
    (Method::GET,    "/aliexpress/orders/new", Operator),
    (Method::POST,   "/aliexpress/orders/new", Operator),
    (Method::POST,   "/aliexpress/orders/place", Operator),
    (Method::GET,    "/aliexpress/orders/batch", Operator),
    (Method::POST,   "/aliexpress/orders/batch", Operator),
    (Method::GET,    "/aliexpress/orders/intents", Operator),
    (Method::GET,    "/aliexpress/orders/intents/{id}", Operator),
    (Method::POST,   "/aliexpress/orders/intents/{id}/placed", Operator),
    (Method::GET,    "/aliexpress/orders/intents/{id}/not-placed", Operator),
    (Method::POST,   "/aliexpress/orders/intents/{id}/not-placed", Operator),
    (Method::GET,    "/aliexpress/orders/{id}", Operator),
    (Method::POST,   "/aliexpress/orders/{id}/refresh", Operator),

    (Method::POST,   "/aliexpress/products/{id}/import", Operator),
    (Method::GET,    "/aliexpress/catalogue", Operator),
    (Method::GET,    "/aliexpress/catalogue/export", Operator),
    (Method::GET,    "/aliexpress/catalogue/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/price", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/refresh", Operator),
    (Method::GET,    "/aliexpress/catalogue/{id}/remove", Operator),
    (Method::POST,   "/aliexpress/catalogue/{id}/remove", Operator),
    (Method::GET,    "/aliexpress/catalogue/rules", Operator),
    (Method::POST,   "/aliexpress/catalogue/rules", Operator),
    (Method::GET,    "/aliexpress/catalogue/rules/new", Operator),
    (Method::GET,    "/aliexpress/catalogue/rules/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/rules/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/rules/{id}/delete", Operator),
    (Method::POST,   "/aliexpress/catalogue/rates", Operator),
    (Method::POST,   "/aliexpress/catalogue/rates/{from}/{to}/remove", Operator),
    (Method::POST,   "/aliexpress/catalogue/dry-run", Operator),
    (Method::GET,    "/aliexpress/catalogue/runs/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/runs/{id}/apply", Operator),
    (Method::POST,   "/aliexpress/catalogue/runs/{id}/again", Operator),
    (Method::GET,    "/aliexpress/catalogue/imports", Operator),
    (Method::POST,   "/aliexpress/catalogue/imports", Operator),
    (Method::POST,   "/aliexpress/catalogue/imports/feed", Operator),
    (Method::GET,    "/aliexpress/catalogue/imports/{id}", Operator),
    (Method::POST,   "/aliexpress/catalogue/imports/{id}/cancel", Operator),
    (Method::POST,   "/aliexpress/catalogue/imports/{id}/resume", Operator),

    (Method::GET,    "/aliexpress/webhooks", Operator),
    (Method::POST,   "/aliexpress/webhooks", Operator),
    (Method::GET,    "/aliexpress/webhooks/{id}", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/rotate-secret", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/enable", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/disable", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/test", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/delete", Operator),
    (Method::POST,   "/aliexpress/webhooks/{id}/deliveries/{message}/resend", Operator),

    (Method::GET,    "/metrics", Needs(Read)),
    (Method::GET,    "/api/openapi.json", Needs(Read)),
    (Method::GET,    "/api/docs", Needs(Read)),
    (Method::GET,    "/api/aliexpress/status", Needs(Read)),
    (Method::GET,    "/api/aliexpress/oauth/url", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/oauth/token", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/connections", Needs(Read)),
    (Method::GET,    "/api/aliexpress/connections/{id}", Needs(Read)),
    (Method::PATCH,  "/api/aliexpress/connections/{id}", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/connections/{id}", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/connections/{id}/default", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/connections/{id}/refresh", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/connections/{id}/token", Needs(Token)),
    (Method::POST,   "/api/aliexpress/connections/{id}/call/{method}", Needs(Call)),
    (Method::GET,    "/api/aliexpress/connect-links", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/connect-links", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/connect-links/{id}", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/feeds", Needs(Read)),
    (Method::GET,    "/api/aliexpress/feeds/{name}/products", Needs(Read)),
    (Method::GET,    "/api/aliexpress/categories", Needs(Read)),
    (Method::GET,    "/api/aliexpress/market", Needs(Read)),
    (Method::PUT,    "/api/aliexpress/market", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/market", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/products", Needs(Read)),
    (Method::POST,   "/api/aliexpress/products/by-picture", Needs(Read)),
    (Method::GET,    "/api/aliexpress/products/{id}", Needs(Read)),
    (Method::GET,    "/api/aliexpress/products/{id}/freight", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/states", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue/export", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue/{id}", Needs(Read)),
    (Method::PATCH,  "/api/aliexpress/catalogue/{id}", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/catalogue/{id}", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/{id}/history", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue/{id}/hand-prices", Needs(Read)),
    (Method::PUT,    "/api/aliexpress/catalogue/{id}/skus/{sku}/price", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/catalogue/{id}/skus/{sku}/price", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/drift", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue/watch", Needs(Read)),
    (Method::PATCH,  "/api/aliexpress/catalogue/watch", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/repairs", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/{id}/skus/{sku}/repair", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/{id}/watch", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/{id}/check", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/imports", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/imports", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/imports/{id}", Needs(Read)),
    (Method::GET,    "/api/aliexpress/catalogue/imports/{id}/lines", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/imports/{id}/cancel", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/catalogue/imports/{id}/resume", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/rules", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/rules", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/rules/{id}", Needs(Read)),
    (Method::PATCH,  "/api/aliexpress/catalogue/rules/{id}", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/catalogue/rules/{id}", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/catalogue/rules/{id}/default", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/catalogue/rules/{id}/default", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/rates", Needs(Read)),
    (Method::PUT,    "/api/aliexpress/catalogue/rates/{from}/{to}", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/catalogue/rates/{from}/{to}", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/catalogue/dry-run", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/catalogue/runs/{id}", Needs(Read)),
    (Method::POST,   "/api/aliexpress/catalogue/runs/{id}/apply", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/affiliate/links", Needs(Call)),
    (Method::GET,    "/api/aliexpress/affiliate/hot-products", Needs(Read)),
    (Method::GET,    "/api/aliexpress/affiliate/orders", Needs(Read)),
    (Method::GET,    "/api/aliexpress/orders", Needs(Read)),
    (Method::POST,   "/api/aliexpress/orders", Needs(Order)),
    (Method::POST,   "/api/aliexpress/orders/preview", Needs(Order)),
    (Method::POST,   "/api/aliexpress/orders/batch", Needs(Order)),
    (Method::POST,   "/api/aliexpress/orders/import", Needs(Order)),
    (Method::GET,    "/api/aliexpress/orders/{id}", Needs(Read)),
    (Method::GET,    "/api/aliexpress/orders/{id}/tracking", Needs(Read)),
    (Method::GET,    "/api/aliexpress/order-intents", Needs(Order)),
    (Method::GET,    "/api/aliexpress/order-intents/{id}", Needs(Order)),
    (Method::POST,   "/api/aliexpress/order-intents/{id}/decision", Needs(Order)),
    (Method::GET,    "/api/aliexpress/events", Needs(Read)),
    (Method::GET,    "/api/aliexpress/keys", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/keys", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/keys/{id}", Needs(Admin)),

    (Method::GET,    "/api/aliexpress/webhooks", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhooks", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/webhooks/{id}", Needs(Admin)),
    (Method::PATCH,  "/api/aliexpress/webhooks/{id}", Needs(Admin)),
    (Method::DELETE, "/api/aliexpress/webhooks/{id}", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhooks/{id}/rotate-secret", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhooks/{id}/enable", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhooks/{id}/disable", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhooks/{id}/test", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/webhooks/{id}/deliveries", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/webhook-deliveries/{id}", Needs(Admin)),
    (Method::POST,   "/api/aliexpress/webhook-deliveries/{id}/resend", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/audit", Needs(Admin)),
    (Method::GET,    "/api/aliexpress/doctor", Needs(Admin)),
];

/// What the table says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ruled {
    /// The rule of the route.
    By(Rule),
    /// The path is known, the method is not.
    OtherMethods,
    /// A route without a rule.
    Unruled,
}

static BY_PATH: LazyLock<HashMap<&'static str, Vec<(Method, Rule)>>> = LazyLock::new(|| {
    let mut rules: HashMap<_, Vec<_>> = HashMap::new();
    for (method, path, rule) in RULES {
        rules
            .entry(*path)
            .or_default()
            .push((method.clone(), *rule));
    }
    rules
});

/// The rule for a method and the path under which a route is registered.
pub(crate) fn rule(method: &Method, path: &str) -> Ruled {
    let method = match *method {
        Method::HEAD => &Method::GET,
        _ => method,
    };
    match BY_PATH.get(path) {
        None => Ruled::Unruled,
        Some(rules) => rules
            .iter()
            .find(|(ruled, _)| ruled == method)
            .map_or(Ruled::OtherMethods, |(_, rule)| Ruled::By(*rule)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_has_a_rule_and_every_rule_a_route() {
        let routes: BTreeSet<String> = crate::route_table()
            .iter()
            .map(|(method, path)| format!("{method} {path}"))
            .collect();
        let rules: BTreeSet<String> = RULES
            .iter()
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect();
        let unruled: Vec<_> = routes.difference(&rules).collect();
        assert!(
            unruled.is_empty(),
            "routes without a rule in guard/rules.rs: {unruled:?}"
        );
        let unused: Vec<_> = rules.difference(&routes).collect();
        assert!(unused.is_empty(), "rules without a route: {unused:?}");
        assert_eq!(rules.len(), RULES.len(), "a rule stands twice");
    }

    #[test]
    fn what_is_public_is_a_short_list() {
        let public: Vec<_> = RULES
            .iter()
            .filter(|(_, _, rule)| *rule == Public)
            .map(|(method, path, _)| format!("{method} {path}"))
            .collect();
        insta::assert_snapshot!(public.join("\n"));
    }
}
