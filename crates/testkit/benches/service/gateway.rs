//! A gateway that answers at once: what is measured is the service, not the other side.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use serde_json::json;
use tokio::net::TcpListener;

/// How many bytes a product answer has.
pub(crate) const PRODUCT_BYTES: usize = 30 * 1024;

/// A gateway that serves until the process ends.
pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    products: Arc<AtomicU64>,
}

impl Gateway {
    /// How many products it has given.
    pub(crate) fn products(&self) -> u64 {
        self.products.load(Ordering::Relaxed)
    }
}

/// Gives tokens for every code, each for an account of its own, and one product.
pub(crate) async fn serve() -> Gateway {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let accounts = Arc::new(AtomicU64::new(1));
    let tokens = move |_: Bytes| {
        let number = accounts.fetch_add(1, Ordering::Relaxed);
        async move { ([("content-type", "application/json")], token(number)) }
    };
    let products = Arc::new(AtomicU64::new(0));
    let product = Bytes::from(product());
    let given = Arc::clone(&products);
    let product = move |_: Bytes| {
        given.fetch_add(1, Ordering::Relaxed);
        let body = product.clone();
        async move { ([("content-type", "application/json")], body) }
    };
    let router = Router::new()
        .route("/rest/auth/token/create", post(tokens.clone()))
        .route("/rest/auth/token/refresh", post(tokens))
        .route("/sync", post(product));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Gateway { address, products }
}

/// A token answer in the real shape; all of it made up.
fn token(number: u64) -> String {
    let account = format!("17{number:010}");
    json!({
        "refresh_token_valid_time": 0,
        "havana_id": account,
        "expire_time": 0,
        "locale": "fr_FR",
        "user_nick": format!("bench_{number}"),
        "access_token": format!("50000{:059}", number),
        "refresh_token": format!("50001{:059}", number),
        "account_id": account,
        "user_id": account,
        "account_platform": "buyerApp",
        "refresh_expires_in": 5_184_000,
        "expires_in": 2_592_000,
        "sp": "ae",
        "seller_id": account,
        "code": "0",
        "request_id": "2101bench"
    })
    .to_string()
}

/// A product answer in the wrapped form, filled up to the size that the budget speaks of.
fn product() -> String {
    let sku = |number: usize| {
        json!({
            "sku_id": format!("1200000{number:010}"),
            "sku_price": "12.34",
            "offer_sale_price": "9.87",
            "currency_code": "EUR",
            "sku_available_stock": 120 + number,
            "sku_attr": "14:193#Noir;5:100014064#Taille unique",
            "ae_sku_property_dtos": {"ae_sku_property_d_t_o": [{"sku_property_id": 14, "sku_property_name": "Couleur", "sku_property_value": "Noir", "property_value_id": 193}]}
        })
    };
    let mut skus = Vec::new();
    loop {
        let answer = json!({
            "aliexpress_ds_product_get_response": {
                "result": {
                    "ae_item_base_info_dto": {"product_id": 1_005_006_000_000_001_i64, "subject": "Lampe", "currency_code": "EUR", "product_status_type": "onSelling"},
                    "ae_item_sku_info_dtos": {"ae_item_sku_info_d_t_o": skus}
                },
                "rsp_code": 200,
                "rsp_msg": "Call succeeds",
                "request_id": "2101bench"
            }
        })
        .to_string();
        if answer.len() >= PRODUCT_BYTES {
            return answer;
        }
        skus.push(sku(skus.len()));
    }
}
