//! Streams of pages: when they end, and that nothing is asked for before it is wanted.

use std::sync::Arc;

use aliexpress::affiliate::order_listbyindex::Status;
use aliexpress::{Client, Error};
use futures_util::{Stream, StreamExt};
use serde_json::{Value, json};

use super::support::{Canned, account, now, run, value_of};

/// Everything a stream gives, errors by their code.
fn all<T>(stream: impl Stream<Item = Result<T, Error>>) -> Vec<Result<T, String>> {
    let code = |error: Error| error.code().to_owned();
    run(stream.map(|item| item.map_err(code)).collect())
}

/// What the requests said about the page they want.
fn asked(canned: &Canned, name: &str) -> Vec<Option<String>> {
    let requests = canned.requests();
    requests
        .iter()
        .map(|request| value_of(request, name))
        .collect()
}

fn texts(values: &[&str]) -> Vec<Option<String>> {
    values
        .iter()
        .map(|value| Some((*value).to_owned()))
        .collect()
}

fn found(ids: &[i64], total: i64) -> String {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "itemId": id })).collect();
    json!({ "code": "00", "data": { "totalCount": total, "products": rows } }).to_string()
}

fn search(client: &Client) -> aliexpress::dropshipping::text_search::TextSearchRequest {
    let query = client.dropshipping().text_search().keyword("mat");
    query.ship_to("FR").currency("EUR").locale("fr_FR")
}

#[test]
fn pages_end_with_the_total() {
    let canned = Canned::bodies([found(&[1, 2], 3), found(&[3], 3)]);
    let client = account(canned.clone());
    let ids: Vec<i64> = all(search(&client).items())
        .into_iter()
        .map(|product| product.unwrap().item_id)
        .collect();
    assert_eq!(ids, [1, 2, 3]);
    assert_eq!(asked(&canned, "pageIndex"), texts(&["1", "2"]));
}

#[test]
fn pages_end_with_an_empty_one_whatever_the_total_says() {
    let canned = Canned::bodies([found(&[1], 100), found(&[], 100)]);
    let client = account(canned.clone());
    let pages = all(search(&client).page(7).pages());
    assert_eq!(pages.len(), 2);
    assert_eq!(asked(&canned, "pageIndex"), texts(&["7", "8"]));
}

fn feed(ids: &[i64], finished: bool) -> String {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "product_id": id })).collect();
    let result = json!({ "is_finished": finished, "products": { "traffic_product_d_t_o": rows } });
    json!({ "x_response": { "rsp_code": 200, "result": result } }).to_string()
}

#[test]
fn pages_end_with_the_flag() {
    let canned = Canned::bodies([feed(&[1, 2], false), feed(&[3], true)]);
    let client = account(canned.clone());
    let query = client.dropshipping().recommend_feed_get().feed_name("DS");
    assert_eq!(all(query.items()).len(), 3);
    assert_eq!(asked(&canned, "page_no"), texts(&["1", "2"]));
}

fn affiliate_page(ids: &[i64]) -> String {
    let rows: Vec<Value> = ids.iter().map(|id| json!({ "product_id": id })).collect();
    let result = json!({ "products": { "product": rows } });
    json!({ "x_response": { "resp_result": { "resp_code": 200, "result": result } } }).to_string()
}

const NOTHING_THERE: &str =
    r#"{"x_response":{"resp_result":{"resp_code":405,"resp_msg":"The result is empty"}}}"#;

#[test]
fn the_code_for_nothing_there_ends_a_stream_and_is_no_error() {
    let canned = Canned::bodies([affiliate_page(&[1, 2]), NOTHING_THERE.to_owned()]);
    let client = account(canned.clone());
    let products = all(client.affiliate().product_query().keywords("mat").items());
    assert_eq!(products.len(), 2);
    assert!(products.iter().all(Result::is_ok), "{products:?}");
    assert_eq!(asked(&canned, "page_no"), texts(&["1", "2"]));

    // Asked for by itself, the same page is an error.
    let client = account(Canned::body(NOTHING_THERE));
    let error = run(client.affiliate().product_query().send()).unwrap_err();
    assert_eq!(error.code(), "405");
}

fn ids_page(ids: &[i64], cursor: Option<&str>) -> String {
    let result = json!({ "products": { "number": ids }, "search_id": cursor });
    json!({ "x_response": { "ret": true, "result": result } }).to_string()
}

#[test]
fn a_cursor_leads_on_until_there_is_none() {
    let canned = Canned::bodies([
        ids_page(&[1, 2], Some("b")),
        ids_page(&[3], Some("c")),
        ids_page(&[], Some("d")),
    ]);
    let client = account(canned.clone());
    let query = client.dropshipping().feed_itemids_get().feed_name("DS");
    let ids: Vec<i64> = all(query.items()).into_iter().map(Result::unwrap).collect();
    assert_eq!(ids, [1, 2, 3]);
    let expected = [None, Some("b".to_owned()), Some("c".to_owned())];
    assert_eq!(asked(&canned, "search_id"), expected);

    let canned = Canned::bodies([ids_page(&[1], None)]);
    let query = account(canned.clone()).dropshipping().feed_itemids_get();
    assert_eq!(all(query.feed_name("DS").pages()).len(), 1);
}

#[test]
fn an_index_leads_on_until_nothing_is_there() {
    let page = |ids: &[i64], low: i64, high: i64| {
        let rows: Vec<Value> = ids.iter().map(|id| json!({ "order_id": id })).collect();
        let result = json!({
            "orders": { "order": rows }, "min_query_index_id": low, "max_query_index_id": high
        });
        json!({ "x_response": { "resp_result": { "resp_code": 200, "result": result } } })
            .to_string()
    };
    let canned = Canned::bodies([
        page(&[1, 2], 10, 20),
        page(&[3], 21, 30),
        NOTHING_THERE.to_owned(),
    ]);
    let client = account(canned.clone());
    let query = client.affiliate().order_listbyindex().start_time(now());
    let query = query.end_time(now()).status(Status::PaymentCompleted);
    let orders = all(query.items());
    assert_eq!(orders.len(), 3, "{orders:?}");
    let expected = [None, Some("20".to_owned()), Some("30".to_owned())];
    assert_eq!(asked(&canned, "start_query_index_id"), expected);
}

#[test]
fn an_error_is_given_once_and_ends_the_stream() {
    let refused = r#"{"error_response":{"code":"IllegalAccessToken","msg":"no"}}"#.to_owned();
    let canned = Canned::bodies([found(&[1], 100), refused, found(&[2], 100)]);
    let client = account(canned.clone());
    let products = all(search(&client).items());
    assert_eq!(products.len(), 2);
    assert_eq!(
        products[1].as_ref().unwrap_err(),
        "IllegalAccessToken",
        "what came before it is not lost"
    );
    assert_eq!(canned.requests().len(), 2);

    let canned = Canned::bodies([]);
    let client = account(canned.clone());
    let pages = all(client.dropshipping().text_search().pages());
    assert_eq!(pages.len(), 1);
    assert!(pages[0].is_err() && canned.requests().is_empty());
}

#[test]
fn nothing_is_asked_for_before_it_is_polled() {
    let canned = Canned::bodies([found(&[1, 2], 100), found(&[3], 100)]);
    let client = account(Arc::<Canned>::clone(&canned));
    let mut items = Box::pin(search(&client).items());
    assert!(canned.requests().is_empty());
    run(async {
        items.next().await.unwrap().unwrap();
        items.next().await.unwrap().unwrap();
        assert_eq!(
            canned.requests().len(),
            1,
            "the second page is not wanted yet"
        );
        items.next().await.unwrap().unwrap();
    });
    assert_eq!(canned.requests().len(), 2);
    drop(items);
    assert_eq!(canned.requests().len(), 2);
}
