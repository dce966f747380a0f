//! `orders preview`, `place`, `intents`, `intent`, `resolve` and `decide`

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use smartlinks_core::{
    Decision, IntentListing, NewOrder, ORDER_FILE_LIMIT, OrderBatch, OrderIntentPage,
    OrderIntentView, OrderPreview, PreviewLine,
};

use super::amount;
use crate::cli::OrdersCommand;
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{facts, plain, table, when};

/// No order is larger.
const LARGEST: u64 = 64 * 1024;

pub(super) async fn run(command: OrdersCommand, session: &Session) -> Result<(), Failure> {
    let (core, now) = (&session.core, session.core.now());
    match command {
        OrdersCommand::Preview { file } => preview(&file, session).await,
        OrdersCommand::Place { file, key } => {
            let placing = core.place_order(&key, &read(&file)?).await?;
            session.output.data(&placing.view, |view| one(view, now))?;
            ended(&placing.view)
        }
        OrdersCommand::Batch {
            file,
            name,
            connection,
            go_on,
            look,
        } => {
            let batch = OrderBatch {
                csv: text_of(&file, ORDER_FILE_LIMIT as u64)?,
                batch: name,
                connection,
                go_on,
                from: None,
                limit: Some(if look { 0 } else { 5 }),
            };
            super::batch::run(batch, session).await
        }
        OrdersCommand::Intents {
            state,
            limit,
            after,
        } => {
            let listing = IntentListing {
                after,
                limit,
                state,
            };
            intents(&listing, session).await
        }
        OrdersCommand::Intent { intent } => {
            let view = core.order_intent(&intent).await?;
            session.output.data(&view, |view| one(view, now))
        }
        OrdersCommand::Resolve => resolve(session).await,
        OrdersCommand::Decide {
            intent,
            exists,
            does_not_exist,
        } => {
            let decision = match does_not_exist {
                true => Decision::DoesNotExist,
                false => Decision::Exists(exists),
            };
            let view = core.decide_order(&intent, &decision).await?;
            session.output.data(&view, |view| one(view, now))
        }
        // The others are done with already.
        OrdersCommand::Import { .. }
        | OrdersCommand::List { .. }
        | OrdersCommand::Show { .. }
        | OrdersCommand::Track { .. } => Ok(()),
    }
}

async fn preview(file: &Path, session: &Session) -> Result<(), Failure> {
    let preview = session.core.preview_order(&read(file)?).await?;
    session.output.data(&preview, seen)?;
    match preview.placeable {
        true => Ok(()),
        false => Err(Failure::silent(Exit::Failure)),
    }
}

async fn intents(listing: &IntentListing, session: &Session) -> Result<(), Failure> {
    let now = session.core.now();
    let page = session.core.order_intents(listing).await?;
    session.output.data(&page, |page| list(page, now))?;
    session.output.more("--after", page.next.as_ref());
    Ok(())
}

async fn resolve(session: &Session) -> Result<(), Failure> {
    let worked = session.core.work_on_orders().await?;
    let told = serde_json::json!({ "worked_on": worked });
    let words = format!("{worked} orders were due and worked on");
    session.output.data(&told, |_| words)
}

/// How the process ends when the record has been printed.
fn ended(view: &OrderIntentView) -> Result<(), Failure> {
    match view.state.as_str() {
        "placed" | "created_unpaid" => Ok(()),
        "refused" => {
            let reason = view.reason.clone().unwrap_or_default();
            let failure = Failure::new(
                Exit::Failure,
                "order_refused",
                format!("nothing was ordered: {reason}"),
            );
            Err(failure.hint(view.fix.clone().unwrap_or_default()))
        }
        state => {
            let words = format!("it is open whether an order exists: {state}");
            let failure = Failure::new(Exit::Gateway, "order_open", words);
            Err(failure.hint(view.fix.clone().unwrap_or_default()))
        }
    }
}

fn read(file: &Path) -> Result<NewOrder, Failure> {
    let place = file.display().to_string();
    serde_json::from_str(&text_of(file, LARGEST)?).map_err(|error| {
        Failure::usage("order_unreadable", format!("{place} is no order: {error}"))
            .hint("Compare it with NewOrder in `smartlinks openapi`; amounts are text in quotes.")
    })
}

fn text_of(file: &Path, largest: u64) -> Result<String, Failure> {
    let place = file.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::usage("file_unreadable", format!("{place} cannot be read")).because(&error)
    };
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    let read = match place.as_str() {
        "-" => std::io::stdin()
            .lock()
            .take(largest + 1)
            .read_to_end(&mut bytes),
        _ => std::fs::File::open(file)
            .and_then(|file| file.take(largest + 1).read_to_end(&mut bytes)),
    };
    read.map_err(unreadable)?;
    if bytes.len() as u64 > largest {
        let words = format!("{place} is larger than {} KiB", largest / 1024);
        return Err(Failure::usage("file_too_large", words).hint("Make several files of it."));
    }
    String::from_utf8(bytes).map_err(|_| {
        let words = format!("{place} holds characters that are not UTF-8");
        Failure::usage("file_unreadable", words).hint("Save it as \"CSV UTF-8\".")
    })
}

fn seen(preview: &OrderPreview) -> String {
    let lines = preview.lines.iter().map(|line| {
        [
            line.product_id.clone(),
            line.sku.clone(),
            plain(&smartlinks_core::shortened(&line.variant, 30)),
            line.quantity.to_string(),
            amount(line.unit_price.as_ref()),
            line.delivery
                .as_ref()
                .map(|option| option.code.clone())
                .unwrap_or_default(),
            amount(line.total.as_ref()),
            plain(&smartlinks_core::shortened(&line.title, 40)),
        ]
    });
    let instead = preview.lines.iter().filter_map(instead_of);
    let instead: Vec<String> = instead.collect();
    let mut parts = vec![
        table(
            [
                "PRODUCT", "SKU", "VARIANT", "QUANTITY", "PRICE", "DELIVERY", "TOTAL", "TITLE",
            ],
            lines,
        ),
        facts([
            ("goods", amount(preview.goods.as_ref())),
            ("freight", amount(preview.freight.as_ref())),
            ("tax and import", amount(preview.charges.as_ref())),
            ("total", amount(preview.total.as_ref())),
            ("preview", preview.preview.clone()),
        ]),
    ];
    parts.extend((!instead.is_empty()).then(|| instead.join("\n")));
    if !preview.address.is_empty() {
        let advice = preview.address.iter().map(|advice| {
            [
                advice.field.clone(),
                advice.message.clone(),
                advice.proposed.clone().unwrap_or_default(),
            ]
        });
        parts.push(table(["ADDRESS", "ADVICE", "PROPOSED"], advice));
    }
    let advice = preview.advice.iter();
    parts.extend(advice.map(|advice| plain(&format!("{}. {}", advice.detail, advice.fix))));
    if preview.placeable {
        parts.push("nothing stands in the way of this order".to_owned());
    } else {
        let problems = preview.problems.iter().map(|problem| {
            [
                problem
                    .line
                    .map(|line| line.to_string())
                    .unwrap_or_default(),
                plain(&problem.detail),
                problem.fix.clone(),
            ]
        });
        parts.push(table(["LINE", "IN THE WAY", "WHAT TO DO"], problems));
    }
    parts.join("\n\n")
}

/// Another variant is sent than the one that was asked for.
fn instead_of(line: &PreviewLine) -> Option<String> {
    let wanted = line.instead_of.as_deref()?;
    Some(format!(
        "variant {} is sent in place of {wanted}, which AliExpress names no more, as was chosen in the catalogue",
        line.sku
    ))
}

fn list(page: &OrderIntentPage, now: Timestamp) -> String {
    if page.intents.is_empty() {
        return "no order was asked for here; place one with `smartlinks orders place`".to_owned();
    }
    let rows = page.intents.iter().map(|intent| {
        [
            intent.id.clone(),
            intent.state.clone(),
            intent.reason.clone().unwrap_or_default(),
            amount(intent.total.as_ref()),
            intent.order_ids.join(" "),
            when(intent.changed_at, now),
        ]
    });
    table(
        ["INTENT", "STATE", "WHY", "TOTAL", "ORDERS", "CHANGED"],
        rows,
    )
}

fn one(view: &OrderIntentView, now: Timestamp) -> String {
    let mut rows = vec![("intent", view.id.clone()), ("state", view.state.clone())];
    rows.extend(view.reason.clone().map(|reason| ("why", reason)));
    rows.extend(
        view.detail
            .as_deref()
            .map(|detail| ("in words", plain(detail))),
    );
    rows.extend(view.fix.clone().map(|fix| ("what to do", fix)));
    rows.extend((!view.order_ids.is_empty()).then(|| ("orders", view.order_ids.join(" "))));
    rows.extend(view.pay_links.iter().map(|link| ("pay", link.url.clone())));
    rows.extend((!view.candidates.is_empty()).then(|| ("may be", view.candidates.join(" "))));
    rows.extend(view.lines.iter().map(|line| {
        let variant = plain(&smartlinks_core::shortened(&line.variant, 60));
        let instead = line.instead_of.as_deref();
        let instead = instead.map(|wanted| format!(" in place of {wanted}"));
        let goods = format!("{} x {} {variant}", line.quantity, line.sku);
        (
            "line",
            goods.trim_end().to_owned() + &instead.unwrap_or_default(),
        )
    }));
    rows.push(("total", amount(view.total.as_ref())));
    rows.push(("sent", format!("{} times", view.attempts)));
    rows.extend(
        view.next_attempt_at
            .map(|at| ("looked at again", when(Some(at), now))),
    );
    rows.push(("our number", view.out_order_id.clone()));
    rows.push(("written", when(view.created_at, now)));
    facts(rows)
}
