//! `aliexpress.ds.feed.itemids.get`: the ids of one feed, cursor by cursor.
//!
//! Documented: fields, up to 200 ids, a cursor that is valid for one minute (of the virtual clock), the
//! empty page at the end, `total` as the number of ids still left. Inferred: `total` does not count the
//! ids of the answer itself; size 0 counts as 200; an unknown feed has no ids; a cursor that is expired,
//! damaged or of another feed or category is `ret` false with code 405; ids come in rising order, so that
//! a product delisted between two calls moves no other.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::feeds;
use crate::gateway::refusal::Refusal;
use crate::issue::fingerprint;
use crate::json::{Json, object};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_FEED_ITEMIDS_GET,
    traced: true,
    run,
};

const MOST_IDS: usize = 200;
const CURSOR_LIFE_MS: i64 = 60_000;

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let reader = Reader {
        context,
        feed: context.text("feed_name"),
        category: category(context)?,
    };
    let size = context.text("page_size").parse().unwrap_or(MOST_IDS);
    let size = Some(size)
        .filter(|size| (1..=MOST_IDS).contains(size))
        .unwrap_or(MOST_IDS);
    let first = match context.text("search_id") {
        "" => Some(0),
        cursor => reader.resumed(cursor),
    };
    let Some(first) = first else {
        return Ok(Reply::failed(
            "405",
            object! {
                "ret": false,
                "rsp_code": 405,
                "rsp_msg": "The search_id is invalid or has expired",
            },
        ));
    };
    let part = reader.part(first, size);
    let ids = part.ids.into_iter().map(Json::from).collect();
    Ok(Reply::ok(object! {
        "result": object! {
            "total": part.left,
            "products": context.list("number", ids),
            "search_id": reader.cursor(part.next, context.now_ms),
        },
        "ret": true,
        "rsp_msg": "",
    }))
}

fn category(context: &Context<'_>) -> Result<Option<i64>, Refusal> {
    match context.text("category_id") {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Refusal::unmapped("category_id")),
    }
}

/// Reads one feed, or one root category of it.
struct Reader<'a> {
    context: &'a Context<'a>,
    feed: &'a str,
    category: Option<i64>,
}

/// Some ids, and where to go on.
#[derive(Default)]
struct Part {
    ids: Vec<i64>,
    next: u32,
    left: i64,
}

impl Reader<'_> {
    fn part(&self, first: u32, size: usize) -> Part {
        let Some(feed) = feeds::feed(self.feed) else {
            return Part::default();
        };
        let catalogue = self.context.inner.catalogue;
        let members = feed.pool.members(catalogue);
        let state = self.context.inner.book.read();
        let mut listed = members.from(first).filter(|&index| {
            let product = catalogue.product(index);
            self.category
                .is_none_or(|root| product.family.categories[0] == root)
                && product.on_sale(state.changes.of(product.id()))
        });
        let indexes: Vec<u32> = listed.by_ref().take(size).collect();
        let next = indexes.last().map_or(first, |index| index + 1);
        // Without a category the rest is counted, not walked.
        let left = match self.category {
            None => catalogue.listed_from(members, next, &state.changes),
            Some(_) => i64::try_from(listed.count()).unwrap_or(i64::MAX),
        };
        let ids = indexes.into_iter().map(crate::catalogue::Catalogue::id);
        Part {
            ids: ids.collect(),
            next,
            left,
        }
    }

    /// Opaque text that says where to go on, when it was given, and that it was given for this feed.
    fn cursor(&self, next: u32, issued_ms: i64) -> String {
        let seed = self.context.inner.catalogue.seed;
        let (feed, category) = (self.feed, self.category.unwrap_or_default());
        let mut proof = fingerprint(&format!("{seed} {feed} {category} {next} {issued_ms}"));
        proof.truncate(12);
        hex::encode(format!("{next}.{issued_ms}.{proof}"))
    }

    /// Where to go on; none for a cursor that this feed has not given, or not within the last minute.
    fn resumed(&self, cursor: &str) -> Option<u32> {
        let text = String::from_utf8(hex::decode(cursor).ok()?).ok()?;
        let mut parts = text.split('.');
        let next = parts.next()?.parse().ok()?;
        let issued_ms = parts.next()?.parse().ok()?;
        let age_ms = self.context.now_ms.checked_sub(issued_ms)?;
        let valid =
            (0..=CURSOR_LIFE_MS).contains(&age_ms) && self.cursor(next, issued_ms) == cursor;
        valid.then_some(next)
    }
}
