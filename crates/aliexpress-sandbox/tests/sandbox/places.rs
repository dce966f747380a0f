//! Provinces and cities, and orders that are held against them.

use serde_json::{Value, json};

use crate::orders::{order_json, place};
use crate::support::{Bench, start};

const GET: &str = "aliexpress.ds.address.get";

async fn get(bench: &Bench, own: &[(&str, &str)]) -> Value {
    bench.business(GET, own).await["result"].clone()
}

/// Provinces with their cities.
async fn tree(bench: &Bench, own: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    let result = get(bench, own).await;
    assert_eq!(result["ret"], "true", "{result}");
    let children: Value =
        serde_json::from_str(result["data"]["children"].as_str().unwrap()).unwrap();
    let name = |place: &Value| place["name"].as_str().unwrap().to_owned();
    let provinces = children.as_array().unwrap().iter().map(|province| {
        assert_eq!(province["type"], "PROVINCE");
        let cities = province["children"].as_array().unwrap();
        (name(province), cities.iter().map(name).collect())
    });
    provinces.collect()
}

#[tokio::test]
async fn countries_have_their_own_places() {
    let bench = start();
    for (country, province, city) in [
        ("FR", "Île-de-France", "Paris"),
        ("US", "Illinois", "Springfield"),
        ("CG", "Pointe-Noire", "Loandjili"),
        ("BR", "São Paulo", "Campinas"),
        ("ES", "Catalonia", "Barcelona"),
        ("DE", "Bavaria", "Munich"),
        ("GB", "Scotland", "Glasgow"),
        ("UK", "Scotland", "Glasgow"),
        ("IT", "Tuscany", "Florence"),
        ("SA", "Riyadh", "Riyadh"),
        ("KR", "Seoul", "Gangnam-gu"),
        ("MX", "Jalisco", "Guadalajara"),
        ("CA", "Quebec", "Montreal"),
        ("NG", "Lagos", "Ikeja"),
    ] {
        let tree = tree(&bench, &[("countryCode", country)]).await;
        let cities = tree.iter().find(|(name, _)| name == province);
        let (_, cities) = cities.unwrap_or_else(|| panic!("{country} {province}: {tree:?}"));
        assert!(cities.iter().any(|name| name == city), "{country} {city}");
    }
    let lower = tree(&bench, &[("countryCode", "fr")]).await;
    assert_eq!(lower, tree(&bench, &[("countryCode", "FR")]).await);
}

#[tokio::test]
async fn names_come_in_another_language_when_several_are_asked_for() {
    let bench = start();
    let first = async |language: &str, several: &str| {
        let own = [
            ("countryCode", "IT"),
            ("language", language),
            ("isMultiLanguage", several),
        ];
        tree(&bench, &own).await[0].clone()
    };
    let (english, cities) = first("EN", "true").await;
    assert_eq!(
        (english.as_str(), cities[0].as_str()),
        ("Campania", "Naples")
    );
    assert_eq!(first("FR", "true").await.0, "Campanie");
    assert_eq!(first("FR", "false").await.0, "Campania");
    assert_eq!(first("JA", "true").await.0, "Campania");
}

#[tokio::test]
async fn unknown_countries_and_missing_ones_are_refused() {
    let bench = start();
    let result = get(&bench, &[("countryCode", "KP")]).await;
    assert_eq!(result["ret"], "false");
    assert_eq!(result["code"], "INVALID_COUNTRY_CODE");
    assert!(result.get("data").is_none());
    let refused = bench.sync(GET, &[]).await;
    assert_eq!(refused["error_response"]["code"], "MissingParameter");
}

/// What becomes of an order to a place: the error text, or nothing.
async fn ordered(bench: &Bench, country: &str, province: &str, city: &str) -> Option<String> {
    let token = bench.token("buyer").await;
    let mut order = order_json(bench, "", &[(0, 1)], country).await;
    order["logistics_address"]["province"] = json!(province);
    order["logistics_address"]["city"] = json!(city);
    order["logistics_address"]["cpf"] = json!("123.456.789-09");
    let answer = place(bench, &token, &order, "").await;
    let result = &answer["aliexpress_ds_order_create_response"]["result"];
    if result["is_success"] == true {
        return None;
    }
    assert_eq!(
        result["error_code"],
        "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL"
    );
    Some(result["error_msg"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_listed_place_can_be_ordered_to_and_no_other() {
    let bench = start();
    for country in ["FR", "US", "CG", "BR"] {
        for (province, cities) in tree(&bench, &[("countryCode", country)]).await {
            let city = cities.last().unwrap();
            let refusal = ordered(&bench, country, &province, city).await;
            assert_eq!(refusal, None, "{country} {province} {city}");
        }
    }
    for (country, province, city, word) in [
        ("FR", "Illinois", "Springfield", "State/Province/Region"),
        ("FR", "Île-de-France", "Springfield", "City"),
        ("US", "Other", "Other", "State/Province/Region"),
        ("BR", "Bahia", "Other", "City"),
        ("CG", "Pool", "Brazzaville", "City"),
    ] {
        let text = ordered(&bench, country, province, city).await.unwrap();
        assert_eq!(text, format!("Please enter a valid {word}"), "{country}");
    }
    // Accents and case do not matter.
    assert_eq!(ordered(&bench, "FR", "ile-de-france", "PARIS").await, None);
}

#[tokio::test]
async fn the_country_can_come_in_a_list() {
    let bench = start();
    let object = get(&bench, &[("countryCode", "FR")]).await["data"].clone();
    assert_eq!(object["country"], "FR");
    bench
        .set("profile", json!({ "address_form": "list" }))
        .await;
    let list = get(&bench, &[("countryCode", "FR")]).await["data"].clone();
    assert_eq!(list, json!([object]));
}
