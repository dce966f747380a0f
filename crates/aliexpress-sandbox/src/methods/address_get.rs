//! `aliexpress.ds.address.get`: the provinces and cities that an order may name in one country.
//!
//! Documented sample: `ret` as text, `data` as one object, `children` as JSON text, `code` "0" outside
//! `result`. Switch: `address_form`, as the guide's table has `data` as a list. Inferred: names come in
//! English or locally, in French when `isMultiLanguage` is `true` and `language` French; a country that is
//! not delivered to is answered with `ret` "false" and no `data`; "Other" ends a list wherever an order
//! may say so. The list is a choice of real places, smaller than the real one.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::countries;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, object};
use crate::language::Language;
use crate::orders::places;
use crate::profile::AddressForm;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_ADDRESS_GET,
    traced: false,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let Some(country) = countries::find(context.text("countryCode")) else {
        let code = "INVALID_COUNTRY_CODE";
        let result = object! {
            "ret": "false",
            "msg": "The country is not delivered to",
            "code": code,
        };
        return Ok(Reply::failed(
            code,
            object! { "result": result, "code": "0" },
        ));
    };
    let language = if context.text("isMultiLanguage").eq_ignore_ascii_case("true") {
        Language::from_code(context.text("language"))
    } else {
        Language::English
    };
    let data = object! {
        "country": country.code,
        "type": "country",
        "children": children(country.code, language),
    };
    let data: Json = match context.profile.address_form {
        AddressForm::Object => data.into(),
        AddressForm::List => vec![data.into()].into(),
    };
    let result = object! { "ret": "true", "msg": "", "code": "", "data": data };
    Ok(Reply::ok(object! { "result": result, "code": "0" }))
}

fn children(country: &str, language: Language) -> String {
    let place = |name, kind, has_children| {
        object! {
            "name": places::named(country, name, language),
            "type": kind,
            "hasChildren": has_children,
        }
    };
    let provinces = places::provinces(country)
        .into_iter()
        .map(|(name, cities)| {
            let cities: Vec<Json> = cities
                .into_iter()
                .map(|name| place(name, "CITY", false).into())
                .collect();
            let mut province = place(name, "PROVINCE", true);
            province.set("children", cities);
            province.into()
        });
    Json::List(provinces.collect()).to_text()
}
