//! `catalogue rules|rates|dry-run|run|apply …`

use serde_json::{Map, Value, json};
use smartlinks_core::catalogue::{
    PriceRunLineView, PriceRunOutcome, PriceRunRequest, RateView, RuleDraft, RuleView, RunPage,
};
use smartlinks_core::pricing::RateSource;

use super::words::money;
use crate::cli::catalogue::{DryRunArgs, RatesCommand, RuleArgs, RulesCommand, RunArgs};
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{facts, plain, table};

pub(super) async fn rules(command: RulesCommand, session: &Session) -> Result<(), Failure> {
    let (core, output) = (&session.core, session.output);
    match command {
        RulesCommand::List => output.data(&core.price_rules().await?, |all| list(all)),
        RulesCommand::Create(arguments) => {
            let draft = RuleDraft {
                name: Some(arguments.name),
                rule: Some(contents(&arguments.contents)?.unwrap_or(Value::Null)),
            };
            output.data(&core.create_price_rule(&draft).await?, shown)
        }
        RulesCommand::Update(arguments) => {
            let draft = RuleDraft {
                name: arguments.name,
                rule: contents(&arguments.contents)?,
            };
            let changed = core.change_price_rule(&arguments.id, &draft).await?;
            output.data(&changed, shown)
        }
        RulesCommand::Default { id } => {
            core.choose_default_price_rule(id.as_deref()).await?;
            output.data(&json!({ "default": id }), |_| match &id {
                Some(id) => format!("{} is for products without a rule of their own", plain(id)),
                None => "products without a rule of their own have none".to_owned(),
            })
        }
        RulesCommand::Delete { id } => {
            core.delete_price_rule(&id).await?;
            output.data(&json!({ "deleted": id }), |_| {
                format!("{} is deleted", plain(&id))
            })
        }
    }
}

/// A rule in the form of the API; none when nothing of it was given.
fn contents(arguments: &RuleArgs) -> Result<Option<Value>, Failure> {
    let mut steps = Vec::new();
    for step in &arguments.steps {
        steps.push(parsed(step)?);
    }
    let mut single = Map::new();
    let put = |map: &mut Map<String, Value>, name: &str, value: &Option<String>| {
        map.extend(value.as_ref().map(|value| (name.to_owned(), json!(value))));
    };
    put(&mut single, "percent", &arguments.percent);
    put(&mut single, "plus", &arguments.plus);
    if !single.is_empty() {
        steps.push(Value::Object(single));
    }
    let mut rule = Map::new();
    put(&mut rule, "currency", &arguments.price_currency);
    put(&mut rule, "min_profit", &arguments.min_profit);
    put(&mut rule, "min_margin", &arguments.min_margin);
    let mut rounding = Map::new();
    put(&mut rounding, "every", &arguments.every);
    put(&mut rounding, "ending", &arguments.ending);
    if !rounding.is_empty() {
        rule.insert("rounding".to_owned(), Value::Object(rounding));
    }
    if !steps.is_empty() {
        rule.insert("steps".to_owned(), Value::Array(steps));
    }
    Ok((!rule.is_empty()).then_some(Value::Object(rule)))
}

/// `UP_TO:PERCENT`, `UP_TO:PERCENT:PLUS`, `rest:PERCENT…`.
fn parsed(step: &str) -> Result<Value, Failure> {
    let parts: Vec<&str> = step.split(':').collect();
    let (up_to, percent, plus) = match parts.as_slice() {
        [up_to, percent] => (*up_to, *percent, "0"),
        [up_to, percent, plus] => (*up_to, *percent, *plus),
        _ => {
            let words = format!(
                "--step {}: expected UP_TO:PERCENT or UP_TO:PERCENT:PLUS, as in 10:100:1.50 or rest:50",
                plain(step)
            );
            return Err(Failure::usage("usage", words));
        }
    };
    let mut parsed = json!({ "percent": percent, "plus": plus });
    if up_to != "rest" {
        parsed["up_to"] = json!(up_to);
    }
    Ok(parsed)
}

fn list(rules: &[RuleView]) -> String {
    if rules.is_empty() {
        return "no rule yet; make one with `smartlinks catalogue rules create NAME`".to_owned();
    }
    let rows = rules.iter().map(|rule| {
        [
            rule.id.clone(),
            if rule.is_default { "yes" } else { "" }.to_owned(),
            rule.rule.currency().to_owned(),
            plain(&rule.name),
        ]
    });
    table(["RULE", "DEFAULT", "CURRENCY", "NAME"], rows)
}

fn shown(rule: &RuleView) -> String {
    let rows = vec![
        ("rule", rule.id.clone()),
        ("name", plain(&rule.name)),
        (
            "default",
            if rule.is_default { "yes" } else { "no" }.to_owned(),
        ),
        ("contents", json!(rule.rule).to_string()),
    ];
    facts(rows)
}

pub(super) async fn rates(command: RatesCommand, session: &Session) -> Result<(), Failure> {
    let (core, output) = (&session.core, session.output);
    match command {
        RatesCommand::List => output.data(&core.exchange_rates().await?, |all| {
            match all.is_empty() {
                true => "no rate was entered; enter one with `smartlinks catalogue rates set USD EUR 0.92`".to_owned(),
                false => rate_table(all),
            }
        }),
        RatesCommand::Set { from, to, rate } => {
            let set = core.set_exchange_rate(&from, &to, &rate).await?;
            output.data(&set, |set| rate_table(std::slice::from_ref(set)))
        }
        RatesCommand::Remove { from, to } => {
            core.remove_exchange_rate(&from, &to).await?;
            output.data(&json!({ "removed": { "from": from, "to": to } }), |_| {
                format!("what one {} is worth in {} was taken away", plain(&from), plain(&to))
            })
        }
    }
}

fn rate_table(rates: &[RateView]) -> String {
    let rows = rates.iter().map(|RateView { rate }| {
        [
            format!("1 {}", rate.from),
            format!("{} {}", rate.rate, rate.to),
            rate.at.to_string(),
        ]
    });
    table(["ONE", "IS WORTH", "ENTERED"], rows)
}

pub(super) async fn dry_run(arguments: DryRunArgs, session: &Session) -> Result<(), Failure> {
    let request = PriceRunRequest {
        rule: arguments.rule,
        selection: arguments.which.selection(arguments.products),
    };
    let shown = session.core.dry_run_prices(&request).await?;
    print(session, &shown)
}

pub(super) async fn run(arguments: RunArgs, session: &Session) -> Result<(), Failure> {
    let part = session
        .core
        .price_run(&arguments.id, arguments.after, arguments.limit);
    print(session, &part.await?)
}

fn print(session: &Session, page: &RunPage) -> Result<(), Failure> {
    session.output.data(page, |page| {
        let summary = &page.run.summary;
        let head = format!(
            "{}: {} variants of {} products; {} prices change, {} stay, {} were set by hand, {} have a problem",
            page.run.id,
            summary.variants,
            summary.products,
            summary.changes,
            summary.unchanged,
            summary.by_hand,
            summary.problems
        );
        match page.lines.is_empty() {
            true => head,
            false => format!("{head}\n\n{}", lines(page.lines.iter())),
        }
    })?;
    let more = page
        .next
        .map(|next| format!("{next} (smartlinks catalogue run {})", page.run.id));
    session.output.more("--after", more);
    if page.run.applied_at.is_none() && page.run.summary.changes > 0 {
        let apply = format!(
            "put them in force: smartlinks catalogue apply {}",
            page.run.id
        );
        session.output.remark(&apply);
    }
    Ok(())
}

fn lines<'l>(lines: impl Iterator<Item = &'l PriceRunLineView>) -> String {
    let rows = lines.map(|line| {
        [
            line.sku.clone(),
            cost(line),
            money(line.before.as_ref()),
            money(line.after.as_ref()),
            line.margin_before_freight_percent
                .map(|margin| format!("{margin} %"))
                .unwrap_or_default(),
            note(line),
        ]
    });
    table(
        [
            "SKU",
            "COST",
            "PRICE",
            "NEW PRICE",
            "MARGIN BEFORE FREIGHT",
            "PRODUCT OR PROBLEM",
        ],
        rows,
    )
}

fn note(line: &PriceRunLineView) -> String {
    match (&line.problem, line.by_hand, &line.least) {
        (Some(problem), true, _) => format!("kept, set by hand; {problem}"),
        (Some(problem), false, _) => problem.to_string(),
        (None, true, Some(least)) => format!(
            "kept, set by hand; less than it should be: at least {}",
            money(Some(least))
        ),
        (None, true, None) => "kept, set by hand".to_owned(),
        (None, false, _) => smartlinks_core::shortened(&plain(&line.title), 40),
    }
}

/// The cost, and what it was multiplied with where an operator said so.
fn cost(line: &PriceRunLineView) -> String {
    let entered = line
        .rate
        .as_ref()
        .filter(|rate| rate.rate.source == RateSource::Operator);
    match entered {
        None => money(line.cost.as_ref()),
        Some(rate) => format!("{} x {}", money(line.cost.as_ref()), rate.rate.rate),
    }
}

pub(super) async fn apply(id: &str, session: &Session) -> Result<(), Failure> {
    let outcome = session.core.apply_price_run(id).await?;
    session.output.data(&outcome, applied)?;
    match outcome.applied {
        true => Ok(()),
        // What differs was printed.
        false => Err(Failure::silent(Exit::Failure)),
    }
}

fn applied(outcome: &PriceRunOutcome) -> String {
    if outcome.applied {
        return format!("{} prices are in force", outcome.run.summary.changes);
    }
    let head = format!(
        "nothing was changed: {} lines are not as they were shown; make a new dry run",
        outcome.differing
    );
    let now = outcome.differences.iter().map(|difference| {
        let now = difference.now.as_ref();
        [
            difference.shown.sku.clone(),
            money(difference.shown.cost.as_ref()),
            money(difference.shown.after.as_ref()),
            now.map_or_else(|| "not sold".to_owned(), |now| money(now.cost.as_ref())),
            now.map_or_else(String::new, |now| money(now.after.as_ref())),
        ]
    });
    let head_row = ["SKU", "COST SHOWN", "PRICE SHOWN", "COST NOW", "PRICE NOW"];
    format!("{head}\n\n{}", table(head_row, now))
}
