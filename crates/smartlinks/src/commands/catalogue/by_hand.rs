//! `catalogue price …`

use smartlinks_core::catalogue::{HandPrice, SkuPriceView};

use super::words::money;
use crate::cli::catalogue::PriceCommand;
use crate::commands::Session;
use crate::failure::Failure;
use crate::output::{plain, table};

pub(super) async fn run(command: PriceCommand, session: &Session) -> Result<(), Failure> {
    let (core, output) = (&session.core, session.output);
    match command {
        PriceCommand::List { id } => {
            output.data(&core.hand_prices(&id).await?, |all| match all.is_empty() {
                true => "no price of it was set by hand".to_owned(),
                false => rows(all),
            })
        }
        PriceCommand::Set {
            id,
            sku,
            amount,
            code,
        } => {
            let price = HandPrice {
                amount,
                currency: code,
            };
            let set = core.price_by_hand(&id, &sku, &price).await?;
            output.data(&set, |set| rows(std::slice::from_ref(set)))?;
            if let Some(least) = &set.least {
                let least = money(Some(least));
                output.remark(&format!(
                    "that earns less than it should: {least} is the least"
                ));
            }
            Ok(())
        }
        PriceCommand::Reset { id, sku } => {
            let left = core.price_by_rules(&id, &sku).await?;
            output.data(&left, |left| {
                format!(
                    "{} of {} is left to price rules; it stays {} until a dry run is applied",
                    plain(&left.sku),
                    plain(&left.product),
                    money(left.price.as_ref())
                )
            })
        }
    }
}

fn rows(prices: &[SkuPriceView]) -> String {
    let rows = prices.iter().map(|one| {
        [
            one.sku.clone(),
            money(one.cost.as_ref()),
            money(one.price.as_ref()),
            one.margin_before_freight_percent
                .map(|margin| format!("{margin} %"))
                .unwrap_or_default(),
            match (&one.problem, &one.least) {
                (Some(problem), _) => problem.to_string(),
                (None, Some(least)) => {
                    format!("less than it should: at least {}", money(Some(least)))
                }
                (None, None) => String::new(),
            },
        ]
    });
    table(
        ["SKU", "COST", "PRICE", "MARGIN BEFORE FREIGHT", "NOTE"],
        rows,
    )
}
