//! `catalogue …`

mod by_hand;
mod imports;
mod prices;
mod watch;
mod words;

use std::collections::BTreeMap;

use serde_json::json;
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueImport, CatalogueQuery, SkuEdit,
};

use super::Session;
use crate::cli::catalogue::{
    CatalogueCommand, EditArgs, ExportArgs, HistoryArgs, ImportArgs, ListArgs,
};
use crate::failure::Failure;
use crate::output::plain;

pub(crate) async fn run(command: CatalogueCommand, session: &Session) -> Result<(), Failure> {
    let (core, output, now) = (&session.core, session.output, session.core.now());
    match command {
        CatalogueCommand::Import(arguments) => import(arguments, session).await,
        CatalogueCommand::Imports(command) => imports::run(command, session).await,
        CatalogueCommand::List(arguments) => list(arguments, session).await,
        CatalogueCommand::Show { id } => {
            let product = core.catalogue_product(&id).await?;
            output.data(&product, |product| words::product(product, now))
        }
        CatalogueCommand::History(arguments) => history(arguments, session).await,
        CatalogueCommand::Drift(arguments) => watch::drift(arguments, session).await,
        CatalogueCommand::Repair(arguments) => watch::repair(arguments, session).await,
        CatalogueCommand::Watch(command) => watch::watch(command, session).await,
        CatalogueCommand::Edit(arguments) => edit(arguments, session).await,
        CatalogueCommand::Remove { id } => {
            core.remove_product(&id).await?;
            output.data(&json!({ "removed": id }), |_| {
                format!("{} is not in the catalogue any more", plain(&id))
            })
        }
        CatalogueCommand::Export(arguments) => export(arguments, session).await,
        CatalogueCommand::Rules(command) => prices::rules(command, session).await,
        CatalogueCommand::Rates(command) => prices::rates(command, session).await,
        CatalogueCommand::Price(command) => by_hand::run(command, session).await,
        CatalogueCommand::DryRun(arguments) => prices::dry_run(arguments, session).await,
        CatalogueCommand::Run(arguments) => prices::run(arguments, session).await,
        CatalogueCommand::Apply { id } => prices::apply(&id, session).await,
    }
}

/// One after the other: what was imported before a failure stays, and is said.
async fn import(arguments: ImportArgs, session: &Session) -> Result<(), Failure> {
    if arguments.products.len() > 1 && !arguments.skus.is_empty() {
        let words = "--sku chooses variants of one product, and several are named";
        return Err(Failure::usage("usage", words));
    }
    let mut imported: Vec<CatalogueDetail> = Vec::new();
    let mut failed = None;
    for product in &arguments.products {
        let import = CatalogueImport {
            product: product.clone(),
            connection: arguments.connection.clone(),
            skus: (!arguments.skus.is_empty()).then(|| arguments.skus.clone()),
            labels: arguments.labels.clone(),
            rule: arguments.rule.clone(),
            ..CatalogueImport::default()
        };
        match session.core.import_product(&import).await {
            Ok(detail) => imported.push(detail),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let now = session.core.now();
    match (imported.as_slice(), arguments.products.len()) {
        ([], _) => {}
        ([one], 1) => session
            .output
            .data(one, |product| words::product(product, now))?,
        (some, _) => session.output.data(&some, |some| {
            let summaries = some.iter().map(|detail| &detail.summary);
            words::list(summaries, now)
        })?,
    }
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

async fn list(arguments: ListArgs, session: &Session) -> Result<(), Failure> {
    let query = CatalogueQuery {
        after: arguments.after,
        limit: arguments.limit,
        ..arguments.which.query()
    };
    let page = session.core.catalogue(&query).await?;
    let now = session.core.now();
    session
        .output
        .data(&page, |page| words::list(page.products.iter(), now))?;
    session.output.more("--after", page.next.as_ref());
    Ok(())
}

async fn history(arguments: HistoryArgs, session: &Session) -> Result<(), Failure> {
    let after = arguments.after.as_deref();
    let history = session
        .core
        .product_history(&arguments.id, after, arguments.limit);
    let history = history.await?;
    let now = session.core.now();
    session
        .output
        .data(&history, |history| words::history(history, now))?;
    session.output.more("--after", history.next.as_ref());
    Ok(())
}

async fn edit(arguments: EditArgs, session: &Session) -> Result<(), Failure> {
    let skus = variants(&arguments)?;
    let labels = arguments.labels;
    let edit = CatalogueEdit {
        title: arguments.title,
        state: arguments.state,
        labels: (arguments.no_labels || !labels.is_empty()).then_some(labels),
        rule: arguments.rule,
        skus,
        ..CatalogueEdit::default()
    };
    let edited = session.core.edit_product(&arguments.id, &edit).await?;
    let now = session.core.now();
    session
        .output
        .data(&edited, |product| words::product(product, now))
}

/// What is to be changed of variants, each once.
fn variants(arguments: &EditArgs) -> Result<Vec<SkuEdit>, Failure> {
    let mut skus: BTreeMap<String, SkuEdit> = BTreeMap::new();
    let mut of = |id: &str, change: &dyn Fn(&mut SkuEdit)| {
        let sku = skus.entry(id.to_owned()).or_insert_with(|| SkuEdit {
            id: id.to_owned(),
            ..SkuEdit::default()
        });
        change(sku);
    };
    for pair in &arguments.codes {
        let Some((id, code)) = pair.split_once('=') else {
            let words = format!("--code {}: expected SKU=CODE", plain(pair));
            return Err(Failure::usage("usage", words));
        };
        of(id, &|sku| sku.own_code = Some(code.to_owned()));
    }
    if let Some(id) = arguments
        .sell
        .iter()
        .find(|id| arguments.no_sell.contains(id))
    {
        let words = format!("variant {} stands at --sell and at --no-sell", plain(id));
        return Err(Failure::usage("usage", words));
    }
    for id in &arguments.sell {
        of(id, &|sku| sku.chosen = Some(true));
    }
    for id in &arguments.no_sell {
        of(id, &|sku| sku.chosen = Some(false));
    }
    Ok(skus.into_values().collect())
}

/// The file itself, whatever reads: it has a form of its own.
async fn export(arguments: ExportArgs, session: &Session) -> Result<(), Failure> {
    let query = arguments.which.query();
    let currency = arguments.price_currency.as_deref();
    let file = session
        .core
        .export_catalogue(arguments.format.into(), &query, currency);
    let mut file = file.await?;
    while let Some(part) = file.next().await? {
        session.output.part(&part)?;
    }
    Ok(())
}
