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
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::accounts::{self, Account};
use crate::gateway::multipart::File;
use crate::gateway::params::Params;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object};
use crate::profile::{Lists, Permission, Profile, RateLimits};
use crate::sandbox::{Inner, locked};

/// What a parameter's text must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A whole number.
    Integer,
    /// A decimal number.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// `yyyy-MM-dd HH:mm:ss`.
    Time,
    /// JSON text of an object; a field of one, the object itself.
    Object,
    /// JSON text of a list; a field of an object, the list itself.
    List,
    /// A file part of a `multipart/form-data` body, read with [`Context::file`].
    File,
}

/// One parameter, or one field of a JSON parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    kind: Kind,
    required: bool,
    /// Of an object, or of each object in a list.
    fields: &'static [Parameter],
}

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        kind,
        required: true,
        fields: &[],
    }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        required: false,
        ..required(name, kind)
    }
}

impl Parameter {
    const fn of(self, fields: &'static [Self]) -> Self {
        Self { fields, ..self }
    }
}

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
    for parameter in method.declared.parameters {
        check(parameter, context.params, context.files)?;
    }
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

fn check(parameter: &Parameter, params: &Params, files: &[File]) -> Result<(), Refusal> {
    if let Some(file) = files.iter().find(|file| file.name == parameter.name) {
        return check_file(parameter, file);
    }
    let Some(value) = params.get(parameter.name) else {
        return if parameter.required {
            Err(Refusal::missing(parameter.name))
        } else {
            Ok(())
        };
    };
    let value = value.trim();
    let unmapped = || Refusal::unmapped(parameter.name);
    match parameter.kind {
        Kind::File => Err(must_be_a_file(parameter.name)),
        Kind::Object | Kind::List => {
            let json: Value = serde_json::from_str(value).map_err(|_| unmapped())?;
            check_json(parameter, &json)
        }
        kind if is_scalar(kind, value) => Ok(()),
        _ => Err(unmapped()),
    }
}

/// Whether text is what a parameter that is neither object nor list must be.
fn is_scalar(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Text => true,
        Kind::Integer => value.parse::<i64>().is_ok(),
        Kind::Decimal => value.parse::<Decimal>().is_ok(),
        Kind::Boolean => matches!(value, "true" | "false"),
        Kind::Time => DateTime::strptime("%Y-%m-%d %H:%M:%S", value).is_ok(),
        Kind::Object | Kind::List | Kind::File => false,
    }
}

/// A value inside a JSON parameter: numbers and truth values may be sent as text, as demos do.
fn check_json(parameter: &Parameter, value: &Value) -> Result<(), Refusal> {
    let unmapped = || Refusal::unmapped(parameter.name);
    match (parameter.kind, value) {
        (Kind::Object, Value::Object(object)) => check_fields(parameter, object),
        (Kind::List, Value::Array(items)) if parameter.fields.is_empty() => {
            let plain = |item: &Value| !matches!(item, Value::Object(_) | Value::Array(_));
            items.iter().all(plain).then_some(()).ok_or_else(unmapped)
        }
        (Kind::List, Value::Array(items)) => items.iter().try_for_each(|item| match item {
            Value::Object(object) => check_fields(parameter, object),
            _ => Err(unmapped()),
        }),
        (Kind::Object | Kind::List, _) | (_, Value::Object(_) | Value::Array(_)) => Err(unmapped()),
        (kind, Value::String(text)) if is_scalar(kind, text.trim()) => Ok(()),
        (Kind::Text, _) => Ok(()),
        (kind, Value::Number(number)) if is_scalar(kind, &number.to_string()) => Ok(()),
        (Kind::Boolean, Value::Bool(_)) => Ok(()),
        _ => Err(unmapped()),
    }
}

fn check_fields(parameter: &Parameter, object: &Map<String, Value>) -> Result<(), Refusal> {
    for field in parameter.fields {
        let empty = |value: &&Value| !matches!(value, Value::Null) && value.as_str() != Some("");
        match object.get(field.name).filter(empty) {
            Some(value) => check_json(field, value)?,
            None if field.required => return Err(Refusal::missing(field.name)),
            None => {}
        }
    }
    Ok(())
}

/// A file part must be meant as one, and hold something.
fn check_file(parameter: &Parameter, file: &File) -> Result<(), Refusal> {
    match parameter.kind {
        Kind::File if file.content.is_empty() && parameter.required => {
            Err(Refusal::missing(parameter.name))
        }
        Kind::File => Ok(()),
        _ => Err(Refusal::unmapped(parameter.name)),
    }
}

fn must_be_a_file(name: &str) -> Refusal {
    let message =
        format!("The parameter \"{name}\" must be a file part of a multipart/form-data body");
    Refusal {
        message: message.into(),
        ..Refusal::unmapped(name)
    }
}

/// A field of a JSON parameter as text, whether it was sent as text, number or truth value.
pub(crate) fn field_text(object: &Map<String, Value>, name: &str) -> String {
    match object.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    }
}

/// A field of a JSON parameter that must be there.
fn needed_text(object: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    Some(field_text(object, name))
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Refusal::missing(name))
}

/// A field of a JSON parameter that must be a whole number, sent as number or text.
fn needed_integer(object: &Map<String, Value>, name: &str) -> Result<i64, Refusal> {
    needed_text(object, name)?
        .parse()
        .map_err(|_| Refusal::unmapped(name))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::*;

    #[test]
    fn a_file_must_come_as_a_file_and_nothing_else_may() {
        let (image, optional_image, text) = (
            required("image", Kind::File),
            optional("image", Kind::File),
            required("image", Kind::Text),
        );
        let file = |content: &'static [u8]| File {
            name: "image".to_owned(),
            content: Bytes::from_static(content),
        };
        let outcome = |parameter: &Parameter, query: &str, files: &[File]| {
            check(parameter, &Params::merge(Some(query), None), files)
                .map_or_else(|refusal| refusal.code.into_owned(), |()| "ok".to_owned())
        };
        assert_eq!(outcome(&image, "", &[file(b"x")]), "ok");
        assert_eq!(outcome(&image, "", &[file(b"")]), "MissingParameter");
        assert_eq!(outcome(&image, "", &[]), "MissingParameter");
        assert_eq!(
            outcome(&image, "image=eA==", &[]),
            "UnsupportedParamMapping"
        );
        assert_eq!(outcome(&optional_image, "", &[]), "ok");
        assert_eq!(outcome(&text, "", &[file(b"x")]), "UnsupportedParamMapping");
    }
}
