//! The APIs: one file each, found by name, with their parameters as data.

mod address_get;
mod affiliate;
mod buyer_freight;
mod category_get;
mod commission_orders;
mod declared;
mod feed_item_ids;
mod feed_names;
mod freight_query;
mod image_found;
mod image_search;
mod image_search_v2;
mod link_generate;
mod list_request;
mod member_benefit;
mod merchant_license;
#[cfg(test)]
mod mutated;
mod order_create;
mod order_get;
mod order_tracking;
pub(crate) mod parameters;
mod product_get;
mod product_row;
mod product_specialinfo;
mod product_view;
mod product_wholesale;
mod recommend_feed;
mod search_event_report;
mod text_search;
mod token;

use std::borrow::Cow;

use axum::http::Method as HttpMethod;

use crate::accounts::{self, Account};
use crate::gateway::multipart::File;
use crate::gateway::params::Params;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object};
use crate::profile::{Lists, Permission, Profile, RateLimits};
use crate::sandbox::{Inner, locked};
pub(crate) use parameters::field_text;
use parameters::{Kind, Parameter, optional, required};
use parameters::{needed_integer, needed_text};

/// Whether an API needs an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenRule {
    /// None is looked at.
    None,
    /// Checked when sent; the API itself deals with its absence.
    Optional,
    Required,
}

/// Which permission an app needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Every app has it.
    System,
    Dropshipping,
    Affiliate,
}

/// What the catalogue says of an API.
#[derive(Debug)]
pub(crate) struct Declared {
    /// Path for a system API, dotted name for a business API.
    pub(crate) name: &'static str,
    pub(crate) group: Group,
    token: TokenRule,
    /// Documented calls per second.
    pub(crate) per_second: Option<u32>,
    parameters: &'static [Parameter],
}

/// One API.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) declared: &'static Declared,
    /// Whether wrapped answers carry `_trace_id_`.
    pub(crate) traced: bool,
    run: fn(&Context<'_>, Option<&'static Account>) -> Result<Reply, Refusal>,
}

impl Method {
    pub(crate) fn name(&self) -> &'static str {
        self.declared.name
    }
}

static METHODS: [&Method; 39] = [
    &token::CREATE,
    &token::REFRESH,
    &token::SECURITY_CREATE,
    &token::SECURITY_REFRESH,
    &text_search::METHOD,
    &product_get::METHOD,
    &freight_query::METHOD,
    &order_create::METHOD,
    &order_get::METHOD,
    &order_tracking::METHOD,
    &feed_names::METHOD,
    &feed_item_ids::METHOD,
    &recommend_feed::METHOD,
    &affiliate::product_query::METHOD,
    &affiliate::hotproduct_query::METHOD,
    &affiliate::hotproduct_download::METHOD,
    &affiliate::productdetail_get::METHOD,
    &affiliate::smartmatch::METHOD,
    &affiliate::featuredpromo_get::METHOD,
    &affiliate::featuredpromo_products::METHOD,
    &affiliate::sku_detail::METHOD,
    &affiliate::shipping_get::METHOD,
    &affiliate::promotion_info::METHOD,
    &link_generate::METHOD,
    &commission_orders::list::METHOD,
    &commission_orders::list_by_index::METHOD,
    &commission_orders::get::METHOD,
    &commission_orders::dropshipping::METHOD,
    &category_get::DROPSHIPPING,
    &category_get::AFFILIATE,
    &address_get::METHOD,
    &member_benefit::METHOD,
    &product_wholesale::METHOD,
    &product_specialinfo::METHOD,
    &buyer_freight::METHOD,
    &search_event_report::METHOD,
    &merchant_license::METHOD,
    &image_search_v2::METHOD,
    &image_search::METHOD,
];

/// Finds an API by name.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().copied().find(|method| method.name() == name)
}

/// Names of all APIs.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    METHODS.iter().map(|method| method.name())
}

/// Everything an API may look at.
pub(crate) struct Context<'a> {
    pub(crate) inner: &'a Inner,
    pub(crate) params: &'a Params,
    /// File parts of a multipart body.
    pub(crate) files: &'a [File],
    pub(crate) profile: &'a Profile,
    pub(crate) now_ms: i64,
    pub(crate) http_method: &'a HttpMethod,
    pub(crate) lists: Lists,
}

impl Context<'_> {
    /// A parameter, trimmed; empty when absent.
    fn text(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default().trim()
    }

    /// The bytes of a file part; none when no file of that name was sent.
    pub(crate) fn file(&self, name: &str) -> Option<&[u8]> {
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(&file.content)
    }

    /// A list in the form of the answer: around its items goes an object with one key, and an empty
    /// list is an empty object.
    fn list(&self, key: &'static str, mut items: Vec<Json>) -> Json {
        if self.lists == Lists::Plain {
            return items.into();
        }
        let mut wrapper = Object::default();
        let single = (self.lists == Lists::SingleAsObject && items.len() == 1)
            .then(|| items.pop())
            .flatten();
        if let Some(item) = single {
            wrapper.set(key, item);
        } else if !items.is_empty() {
            wrapper.set(key, items);
        }
        wrapper.into()
    }
}

/// The fields of an answer, and what the journal notes: `ok` or the business code.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) fields: Object,
    pub(crate) outcome: Cow<'static, str>,
}

impl Reply {
    const fn ok(fields: Object) -> Self {
        Self {
            fields,
            outcome: Cow::Borrowed("ok"),
        }
    }

    /// A refusal inside a normal answer.
    const fn failed(code: &'static str, fields: Object) -> Self {
        Self {
            fields,
            outcome: Cow::Borrowed(code),
        }
    }
}

/// Checks permission, token, budget and parameters, then runs the API.
pub(crate) fn run(method: &Method, context: &Context<'_>) -> Result<Reply, Refusal> {
    permitted(method.declared.group, context.profile)?;
    let account = authorised(method, context)?;
    if context.profile.rate_limits == RateLimits::Enforced {
        locked(&context.inner.limits).spend(method.declared, context.now_ms, context.profile)?;
    }
    parameters::check_all(method.declared, context.params, context.files)?;
    (method.run)(context, account)
}

/// Whether the app holds the permission group of an API.
fn permitted(group: Group, profile: &Profile) -> Result<(), Refusal> {
    let needed = match group {
        Group::System => return Ok(()),
        Group::Dropshipping => Permission::Dropshipping,
        Group::Affiliate => Permission::Affiliate,
    };
    if profile.permissions.contains(&needed) {
        Ok(())
    } else {
        Err(Refusal::named("InsufficientPermission"))
    }
}

/// The account of the token, which may travel under two names but not under both with different values.
fn authorised(method: &Method, context: &Context<'_>) -> Result<Option<&'static Account>, Refusal> {
    let refused = || Refusal::named("IllegalAccessToken");
    if method.declared.token == TokenRule::None {
        return Ok(None);
    }
    let (plain, session) = (
        context.params.get("access_token"),
        context.params.get("session"),
    );
    if plain.is_some() && session.is_some() && plain != session {
        return Err(refused());
    }
    let Some(token) = plain.or(session) else {
        return if method.declared.token == TokenRule::Required {
            Err(refused())
        } else {
            Ok(None)
        };
    };
    let state = context.inner.book.read();
    let account = state
        .tokens
        .account_of(token, context.now_ms, context.profile);
    account
        .and_then(accounts::find)
        .map(Some)
        .ok_or_else(refused)
}
