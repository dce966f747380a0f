//! `aliexpress.ds.category.get` and `aliexpress.affiliate.category.get`: the category tree as a flat list.
//!
//! Recorded: rows, `parent_category_id` absent at the top, `resp_code` 200. Documented: `categoryId` for one
//! category, `language`. Inferred: an id that no category has is answered with an empty list, one that is
//! no number with `UnsupportedParamMapping`, a language other than French with English, and the affiliate
//! method in English. The tree is ours and about a third as large as the real one.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::categories::{self, Category};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::language::Language;

pub(super) static DROPSHIPPING: Method = Method {
    declared: &declared::DS_CATEGORY_GET,
    traced: true,
    run: dropshipping,
};

pub(super) static AFFILIATE: Method = Method {
    declared: &declared::AFFILIATE_CATEGORY_GET,
    traced: true,
    run: affiliate,
};

fn dropshipping(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let language = Language::from_code(context.text("language"));
    let categories = match context.text("categoryId") {
        "" => categories::all(),
        id => {
            let id = id.parse().map_err(|_| Refusal::unmapped("categoryId"))?;
            categories::find(id).into_iter().collect()
        }
    };
    Ok(answer(context, &categories, language))
}

fn affiliate(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    Ok(answer(context, &categories::all(), Language::English))
}

fn answer(context: &Context<'_>, categories: &[Category], language: Language) -> Reply {
    let rows: Vec<Json> = categories
        .iter()
        .map(|category| row(*category, language).into())
        .collect();
    let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    Reply::ok(object! { "resp_result": object! {
        "result": object! {
            "total_result_count": total,
            "categories": context.list("category", rows),
        },
        "resp_code": 200,
        "resp_msg": "Call succeeds",
    }})
}

fn row(category: Category, language: Language) -> Object {
    let mut row = Object::default();
    if let Some(parent) = category.parent {
        row.set("parent_category_id", parent);
    }
    row.set("category_name", category.name(language));
    row.set("category_id", category.id);
    row
}
