use smartlinks_store::{NewEvent, StoredMarket, Traces};

use crate::support::*;

fn told() -> Traces {
    Traces::none().event(NewEvent {
        kind: "market.chosen".to_owned(),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at: NOW,
    })
}

pub(crate) async fn a_market_is_kept_for_each_holder(stage: Stage) {
    let store = stage.open().await;
    let market = |ship_to: &str, currency: &str| StoredMarket {
        ship_to: ship_to.to_owned(),
        currency: currency.to_owned(),
        language: "fr".to_owned(),
        changed_at: NOW,
    };
    assert_eq!(store.market_of("everybody").await.unwrap(), None);
    for (holder, chosen) in [
        ("everybody", market("FR", "EUR")),
        ("op_1", market("US", "USD")),
        ("everybody", market("CG", "XAF")),
    ] {
        store.put_market(holder, chosen, told()).await.unwrap();
    }
    let of = async |holder: &str| store.market_of(holder).await.unwrap();
    assert_eq!(of("everybody").await, Some(market("CG", "XAF")));
    assert_eq!(of("op_1").await, Some(market("US", "USD")));
    assert!(store.remove_market("op_1", told()).await.unwrap());
    // What changes nothing leaves no trace.
    assert!(!store.remove_market("op_1", told()).await.unwrap());
    assert_eq!(of("op_1").await, None);
    assert_eq!(store.latest_number().await.unwrap(), 4);
}
