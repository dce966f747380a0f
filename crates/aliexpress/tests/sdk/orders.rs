//! Orders and parcels, decoded.

use aliexpress::dropshipping::OrderStatus;
use aliexpress::{Class, Effect, Error};

use super::answers::{amount, business};
use super::support::{decode, sample};

#[test]
fn a_placed_order_has_its_ids() {
    let created = decode::create(sample("aliexpress.ds.order.create")).unwrap();
    assert_eq!(created.order_ids, [8_200_000_000_000_001]);
    assert_eq!(created.error_msg, None);
    let created = decode::create(sample("aliexpress.ds.order.create.alt.several-orders")).unwrap();
    assert_eq!(created.order_ids.len(), 2);
}

#[test]
fn an_order_that_exists_but_was_not_paid_is_a_success_with_a_note() {
    let created = decode::create(sample(
        "aliexpress.ds.order.create.alt.created-payment-failed",
    ))
    .unwrap();
    assert_eq!(created.order_ids, [8_200_000_000_000_003]);
    assert_eq!(
        created.error_msg.as_deref(),
        Some("OrderCreated, autoPay fail:APIPayFail")
    );
    // Ids outweigh a failure flag: an order that exists must never look like one that does not.
    let created =
        decode::create(r#"{"result":{"is_success":false,"error_code":"X","order_list":[1]}}"#)
            .unwrap();
    assert_eq!(
        (created.order_ids, created.error_code.as_deref()),
        (vec![1], Some("X"))
    );
}

#[test]
fn refused_orders_say_why_and_that_nothing_happened() {
    let error = decode::create(sample("aliexpress.ds.order.create.error.address")).unwrap_err();
    assert_eq!(
        business(&error),
        (
            "aliexpress.ds.order.create",
            "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
            "Please enter a City"
        )
    );
    assert_eq!(error.effect(), Effect::None);
    let error =
        decode::create(sample("aliexpress.ds.order.create.error.delivery-method")).unwrap_err();
    assert_eq!(
        (business(&error).1, error.effect()),
        ("DELIVERY_METHOD_NOT_EXIST", Effect::None)
    );
}

#[test]
fn a_success_without_order_ids_leaves_the_outcome_open() {
    let error = decode::create(r#"{"result":{"is_success":true}}"#).unwrap_err();
    assert!(matches!(&error, Error::Decode { path, .. } if path == "result.order_list"));
    assert_eq!(error.effect(), Effect::Unknown);
    let error =
        decode::create(r#"{"result":{"is_success":false,"error_code":"NEVER_SEEN"}}"#).unwrap_err();
    assert_eq!(
        (error.code(), error.effect()),
        ("NEVER_SEEN", Effect::Unknown)
    );
}

#[test]
fn an_order_has_status_amounts_and_lines() {
    let order = decode::order(sample("aliexpress.trade.ds.order.get")).unwrap();
    assert_eq!(order.order_status, OrderStatus::WaitSellerSendGoods);
    let moment = |text: &str| Some(text.parse().unwrap());
    assert_eq!(order.gmt_create, moment("2026-01-06T05:00:03Z"));
    assert_eq!(order.paid_at, moment("2026-01-06T05:01:10Z"));
    assert_eq!(order.pay_timeout_second, Some(86_400));
    let paid = order.user_order_amount.unwrap();
    assert_eq!(
        (Some(paid.amount), paid.currency.as_str()),
        (amount("8.59"), "USD")
    );
    assert_eq!(order.store.unwrap().store_id, Some(1_102_000_001));
    let line = &order.lines[0];
    assert_eq!(line.product_id, Some(1_005_008_000_000_001));
    assert_eq!(line.sku_id, Some(12_000_041_000_000_001));
    assert_eq!(line.product_count, Some(2));
    assert_eq!(
        line.actual_fee.as_ref().map(|fee| fee.amount),
        amount("8.59")
    );
    assert_eq!(
        (line.already_include_tax, line.end_reason.as_deref()),
        (Some(true), None)
    );
    assert!(order.shipments.is_empty());
}

#[test]
fn orders_in_other_states_decode_too() {
    let order = decode::order(sample("aliexpress.trade.ds.order.get.alt.unpaid")).unwrap();
    assert_eq!(
        (order.order_status, order.paid_at),
        (OrderStatus::PlaceOrderSuccess, None)
    );
    let order = decode::order(sample("aliexpress.trade.ds.order.get.alt.finished")).unwrap();
    assert_eq!(order.order_status, OrderStatus::Finish);
    assert_eq!(
        order.shipments[0].logistics_no.as_deref(),
        Some("LP00000000000001")
    );
    let order = decode::order(sample("aliexpress.trade.ds.order.get.alt.cancelled")).unwrap();
    assert_eq!(order.lines[0].end_reason.as_deref(), Some("CANCELED"));
    let order = decode::order(r#"{"result":{"order_status":"SOMETHING_NEW"}}"#).unwrap();
    assert_eq!(
        order.order_status,
        OrderStatus::Other("SOMETHING_NEW".to_owned())
    );
    assert_eq!(order.order_status.as_str(), "SOMETHING_NEW");
}

#[test]
fn amounts_without_content_are_absent() {
    let body = r#"{"result":{"order_status":"FINISH","order_amount":{},"user_order_amount":null,
        "child_order_list":[{"product_price":{"amount":"","currency_code":"USD"},"actual_fee":{"amount":1.50}}]}}"#;
    let order = decode::order(body).unwrap();
    assert_eq!((order.order_amount, order.user_order_amount), (None, None));
    assert_eq!(order.lines[0].product_price, None);
    let fee = order.lines[0].actual_fee.clone().unwrap();
    assert_eq!(
        (Some(fee.amount), fee.currency.as_str()),
        (amount("1.5"), "")
    );
}

#[test]
fn the_order_of_another_account_is_a_gateway_error_with_its_sub_code() {
    let error =
        decode::order(sample("aliexpress.trade.ds.order.get.error.permission")).unwrap_err();
    let Error::Gateway(gateway) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        (gateway.code.as_str(), gateway.sub_code.as_deref()),
        ("15", Some("isv.insufficient-permission"))
    );
    assert_eq!(gateway.entry().code, "isv.insufficient-permission");
    assert_eq!(error.advice().class, Class::Fix);
}

#[test]
fn parcels_have_their_events_newest_first() {
    let parcels = decode::tracking(sample("aliexpress.ds.order.tracking.get")).unwrap();
    assert_eq!(parcels.len(), 1);
    let parcel = &parcels[0];
    assert_eq!(parcel.mail_no.as_deref(), Some("TEST0000000001"));
    assert_eq!(parcel.eta.unwrap().as_millisecond(), 1_768_400_000_000);
    assert_eq!(parcel.nodes.len(), 2);
    assert!(parcel.nodes[0].at > parcel.nodes[1].at);
    assert_eq!(
        parcel.nodes[0].tracking_name.as_deref(),
        Some("Delivery update")
    );
    assert_eq!(parcel.items[0].item_id, Some(1_005_008_000_000_001));
    assert_eq!(parcel.items[0].sku_id, Some(12_000_041_000_000_001));
    let oldest_first =
        br#"{"result":{"ret":true,"data":{"tracking_detail_line_list":[{"mail_no":"A",
        "detail_node_list":[{"time_stamp":1},{"time_stamp":"3"},{"time_stamp":2}]}]}}}"#;
    let times = decode::tracking(oldest_first.as_slice()).unwrap()[0]
        .nodes
        .iter()
        .map(|node| node.at.as_millisecond())
        .collect::<Vec<_>>();
    assert_eq!(times, [3, 2, 1]);
}

#[test]
fn parcels_without_known_contents_decode_too() {
    let parcels =
        decode::tracking(sample("aliexpress.ds.order.tracking.get.alt.empty-items")).unwrap();
    assert!(parcels[0].items.is_empty());
    let error =
        decode::tracking(sample("aliexpress.ds.order.tracking.get.error.not-found")).unwrap_err();
    assert_eq!(
        business(&error),
        (
            "aliexpress.ds.order.tracking.get",
            "1001",
            "TRACKING DATA NOT FOUND"
        )
    );
    assert_eq!(error.advice().class, Class::Wait { seconds: 3600 });
}
