//! Answers about tracking links and commission orders.

use super::assert_like;
use crate::support::{product, start};

#[tokio::test]
async fn tracking_links() {
    let bench = start();
    let sources = format!("https://www.example.com/,{}", product(0));
    let own = [
        ("promotion_link_type", "0"),
        ("source_values", sources.as_str()),
        ("tracking_id", "default"),
    ];
    assert_like(
        "aliexpress.affiliate.link.generate.json",
        &bench.sync("aliexpress.affiliate.link.generate", &own).await,
    );
}

#[tokio::test]
async fn commission_orders() {
    let bench = start();
    for status in [
        "Payment Completed",
        "Buyer Confirmed Receipt",
        "Completed Settlement",
        "Invalid",
    ] {
        let own = [
            ("start_time", "2025-01-01 00:00:00"),
            ("end_time", "2026-12-31 00:00:00"),
            ("status", status),
        ];
        let ask = async |method: &str| bench.sync(method, &own).await;
        let list = ask("aliexpress.affiliate.order.list").await;
        assert_like("aliexpress.affiliate.order.list.json", &list);
        let index = ask("aliexpress.affiliate.order.listbyindex").await;
        assert_like("aliexpress.affiliate.order.listbyindex.json", &index);
        let rows = &list["aliexpress_affiliate_order_list_response"]["resp_result"]["result"];
        let number = rows["orders"]["order"][0]["sub_order_id"].to_string();
        let get = "aliexpress.affiliate.order.get";
        let one = bench.sync(get, &[("order_ids", &number)]).await;
        assert_like("aliexpress.affiliate.order.get.json", &one);
    }
    let nothing = [
        ("start_time", "2020-01-01 00:00:00"),
        ("end_time", "2020-12-31 00:00:00"),
        ("status", "Payment Completed"),
    ];
    let answer = bench
        .sync("aliexpress.affiliate.order.list", &nothing)
        .await;
    assert_like("aliexpress.affiliate.order.list.error.empty.json", &answer);
}
