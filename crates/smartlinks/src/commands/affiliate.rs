//! `affiliate …`

use std::io::Read as _;
use std::path::Path;

use smartlinks_core::{
    CommissionPage, CommissionQuery, CommissionState, HotQuery, MoneyView, NewLinks, ProductQuery,
    PromotionLinks, SearchPage,
};

use super::Session;
use super::products::money;
use crate::cli::{AffiliateCommand, CommissionStateArgument, CommissionsArgs, HotArgs, LinksArgs};
use crate::failure::{Exit, Failure};
use crate::output::table;

/// More than a thousand long addresses.
const MOST_BYTES: u64 = 1024 * 1024;

pub(crate) async fn run(command: AffiliateCommand, session: &Session) -> Result<(), Failure> {
    match command {
        AffiliateCommand::Links(arguments) => links(arguments, session).await,
        AffiliateCommand::Hot(arguments) => hot(arguments, session).await,
        AffiliateCommand::Orders(arguments) => commissions(&arguments, session).await,
    }
}

impl From<CommissionStateArgument> for CommissionState {
    fn from(state: CommissionStateArgument) -> Self {
        match state {
            CommissionStateArgument::Paid => Self::Paid,
            CommissionStateArgument::Received => Self::Received,
            CommissionStateArgument::Settled => Self::Settled,
            CommissionStateArgument::Invalid => Self::Invalid,
        }
    }
}

async fn links(arguments: LinksArgs, session: &Session) -> Result<(), Failure> {
    let mut sources = arguments.sources;
    if let Some(file) = &arguments.file {
        let text = read(file)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        sources.extend(lines.map(str::to_owned));
    }
    let wanted = NewLinks {
        tracking_id: arguments.tracking_id,
        sources,
        hot: arguments.hot,
        ship_to: None,
    };
    let made = session.core.promotion_links(&wanted).await?;
    session.output.data(&made, |made: &PromotionLinks| {
        let rows = made.links.iter().map(|one| {
            let result = one.link.clone().or_else(|| one.message.clone());
            let kind = if one.link.is_some() { "link" } else { "none" };
            [
                one.source.clone(),
                kind.to_owned(),
                result.unwrap_or_default(),
            ]
        });
        table(["SOURCE", "RESULT", "LINK OR REASON"], rows)
    })?;
    match made.links.iter().all(|one| one.link.is_none()) {
        // Every reason was printed.
        true => Err(Failure::silent(Exit::Failure)),
        false => Ok(()),
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let taken = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MOST_BYTES)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_string(&mut text))
    };
    taken.map_err(|error| {
        let words = format!("{} could not be read", file.display());
        Failure::new(Exit::Failure, "not_read", words)
            .because(&error)
            .hint("Name a text file with one product number or address a line.")
    })?;
    Ok(text)
}

async fn hot(arguments: HotArgs, session: &Session) -> Result<(), Failure> {
    let words = arguments.words.join(" ");
    let query = HotQuery {
        words: Some(words).filter(|words| !words.is_empty()),
        category: arguments.category,
        market: ProductQuery::default(),
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        sort: arguments.paging.sort.into(),
        tracking_id: arguments.tracking_id,
    };
    let page = session.core.hot_products(&query).await?;
    session.output.data(&page, paying)
}

fn paying(page: &SearchPage) -> String {
    if page.products.is_empty() {
        return format!("no hot products that are sent to {}", page.ship_to);
    }
    let rows = page.products.iter().map(|hit| {
        [
            hit.id.clone(),
            money(hit.price.as_ref(), hit.currency.as_deref()),
            hit.commission_rate.clone().unwrap_or_default(),
            smartlinks_core::shortened(&hit.title, 60),
            hit.promotion_link.clone().unwrap_or_default(),
        ]
    });
    let products = table(["PRODUCT", "PRICE", "COMMISSION", "TITLE", "LINK"], rows);
    format!(
        "{products}\n\npage {}, {} of {} products",
        page.page,
        page.products.len(),
        page.total
    )
}

async fn commissions(arguments: &CommissionsArgs, session: &Session) -> Result<(), Failure> {
    let query = CommissionQuery {
        from: arguments.from,
        until: arguments.until,
        state: arguments.state.into(),
        page: arguments.page,
        page_size: arguments.page_size,
    };
    let page = session.core.commissions(&query).await?;
    session.output.data(&page, earned)
}

fn earned(page: &CommissionPage) -> String {
    let span = format!("from {} until {}", page.from, page.until);
    if page.lines.is_empty() {
        return format!("no such order line {span}");
    }
    let amount = |given: Option<&MoneyView>| {
        money(
            given.map(|money| &money.amount),
            given.map(|money| money.currency.as_str()),
        )
    };
    let rows = page.lines.iter().map(|line| {
        [
            line.order_id.clone(),
            line.status.clone().unwrap_or_default(),
            amount(line.paid.as_ref()),
            amount(line.commission.as_ref()),
            line.rate.clone().unwrap_or_default(),
            line.created.clone().unwrap_or_default(),
            smartlinks_core::shortened(line.title.as_deref().unwrap_or_default(), 40),
        ]
    });
    let head = [
        "ORDER",
        "STATUS",
        "PAID",
        "COMMISSION",
        "RATE",
        "CREATED",
        "TITLE",
    ];
    format!(
        "{}\n\n{span}; page {}, {} of {} lines",
        table(head, rows),
        page.page,
        page.lines.len(),
        page.total
    )
}
