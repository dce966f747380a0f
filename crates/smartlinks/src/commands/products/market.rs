//! `products market …`

use smartlinks_core::OwnMarket;

use crate::cli::MarketCommand;
use crate::commands::Session;
use crate::failure::Failure;
use crate::output::{facts, when};

pub(super) async fn run(command: &MarketCommand, session: &Session) -> Result<(), Failure> {
    let core = &session.core;
    let market = match command {
        MarketCommand::Show => core.own_market().await?,
        MarketCommand::Set => {
            let said = session.said_market.clone();
            if said == smartlinks_core::MarketChange::default() {
                let words = "nothing to remember was given";
                return Err(Failure::usage("usage", words)
                    .hint("Give --ship-to, --currency or --language, for example --ship-to US."));
            }
            core.choose_market(&said).await?
        }
        MarketCommand::Forget => core.forget_market().await?,
    };
    let now = core.now();
    session.output.data(&market, |market: &OwnMarket| {
        let chosen = market.chosen_at.map(|at| when(Some(at), now));
        facts([
            ("ship to", market.market.ship_to.clone()),
            ("currency", market.market.currency.clone()),
            ("language", market.market.language.clone()),
            (
                "remembered",
                chosen.unwrap_or_else(|| "no: as configured".to_owned()),
            ),
        ])
    })
}
