//! A clock that stands still, a transport that answers from a list, and the fixtures.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};

use aliexpress::{
    AccessToken, AppKey, AppSecret, Client, Clock, Error, HttpRequest, HttpResponse, Policy,
    Transport, TransportError,
};
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

pub(crate) const APP_KEY: &str = "90001234";
pub(crate) const APP_SECRET: &str = "placeholder-app-secret-0001";
pub(crate) const ACCESS_TOKEN: &str = "50000000000placeholderAccessToken0001";
pub(crate) const NOW_MS: i64 = 1_767_225_600_000;

pub(crate) struct StoppedClock(pub(crate) Timestamp);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

pub(crate) fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW_MS).unwrap()
}

/// Gives the listed answers in turn and remembers what was asked.
#[derive(Default)]
pub(crate) struct Canned {
    answers: Mutex<VecDeque<Result<HttpResponse, TransportError>>>,
    requests: Mutex<Vec<HttpRequest>>,
}

impl Canned {
    pub(crate) fn body(body: impl Into<Bytes>) -> Arc<Self> {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: impl Into<Bytes>) -> Arc<Self> {
        Self::answer(Ok(HttpResponse {
            status,
            content_type: Some("application/json;charset=UTF-8".to_owned()),
            date: None,
            body: body.into(),
        }))
    }

    pub(crate) fn answer(answer: Result<HttpResponse, TransportError>) -> Arc<Self> {
        let canned = Self::default();
        canned.answers.lock().unwrap().push_back(answer);
        Arc::new(canned)
    }

    /// Several answers, one after another.
    pub(crate) fn bodies(bodies: impl IntoIterator<Item = String>) -> Arc<Self> {
        let canned = Self::default();
        for body in bodies {
            let answer = Ok(HttpResponse {
                status: 200,
                content_type: None,
                date: None,
                body: body.into(),
            });
            canned.answers.lock().unwrap().push_back(answer);
        }
        Arc::new(canned)
    }

    pub(crate) fn requests(&self) -> Vec<HttpRequest> {
        self.requests.lock().unwrap().clone()
    }

    /// The one request that was sent.
    pub(crate) fn request(&self) -> HttpRequest {
        let requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.into_iter().next().unwrap()
    }
}

#[async_trait]
impl Transport for Canned {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.requests.lock().unwrap().push(request);
        self.answers.lock().unwrap().pop_front().unwrap()
    }
}

pub(crate) fn secret() -> AppSecret {
    AppSecret::parse(APP_SECRET).unwrap()
}

/// A client without an account that sends each call once; what the policy does has its own tests.
pub(crate) fn app(transport: Arc<dyn Transport>) -> Client {
    Client::builder(AppKey::parse(APP_KEY).unwrap(), secret())
        .clock(Arc::new(StoppedClock(now())))
        .transport(transport)
        .policy(Policy::none())
        .build()
        .unwrap()
}

/// A client that acts for an account.
pub(crate) fn account(transport: Arc<dyn Transport>) -> Client {
    app(transport).with_access_token(AccessToken::new(ACCESS_TOKEN))
}

pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// A sample as raw bytes.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/tests/fixtures/samples/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A sample, or a body written after the catalogue.
pub(crate) fn body(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/tests/fixtures/bodies/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(path).unwrap_or_else(|_| sample(name))
}

pub(crate) fn value_of(request: &HttpRequest, name: &str) -> Option<String> {
    request
        .form
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

/// Calls that turn one body into one result, for tests that run over every method.
pub(crate) mod decode {
    use aliexpress::dropshipping::order_create::{DeliveryAddress, OrderItem};
    use aliexpress::dropshipping::{
        freight_query, order_create, order_get, order_tracking_get, product_get, text_search,
    };

    use super::{Bytes, Canned, Error, account, run};

    pub(crate) fn search(body: impl Into<Bytes>) -> Result<text_search::FoundProducts, Error> {
        let client = account(Canned::body(body));
        let query = client.dropshipping().text_search().keyword("mat");
        run(query.ship_to("FR").currency("EUR").locale("fr_FR").send())
    }

    pub(crate) fn product(body: impl Into<Bytes>) -> Result<product_get::Product, Error> {
        let client = account(Canned::body(body));
        let query = client.dropshipping().product_get();
        run(query.product_id(1_005_008_000_000_001).ship_to("FR").send())
    }

    pub(crate) fn freight(
        body: impl Into<Bytes>,
    ) -> Result<Vec<freight_query::DeliveryOption>, Error> {
        let client = account(Canned::body(body));
        let query = client
            .dropshipping()
            .freight_query()
            .product_id(1_005_008_000_000_001)
            .sku_id(12_000_041_000_000_001)
            .quantity(1);
        let query = query.language("fr_FR").locale("fr_FR");
        run(query.ship_to("FR").currency("EUR").send())
    }

    pub(crate) fn address() -> DeliveryAddress {
        let place = DeliveryAddress::new().country("US").province("Illinois");
        place.city("Springfield").address("1 Example Street")
    }

    pub(crate) fn create(body: impl Into<Bytes>) -> Result<order_create::CreatedOrders, Error> {
        let client = account(Canned::body(body));
        let order = client.dropshipping().order_create().address(address());
        let item = OrderItem::new().product_id(1_005_008_000_000_001);
        run(order.item(item.quantity(1)).send())
    }

    pub(crate) fn order(body: impl Into<Bytes>) -> Result<order_get::Order, Error> {
        let client = account(Canned::body(body));
        let query = client.dropshipping().order_get();
        run(query.order_id(8_200_000_000_000_001).send())
    }

    pub(crate) fn tracking(
        body: impl Into<Bytes>,
    ) -> Result<Vec<order_tracking_get::Parcel>, Error> {
        let client = account(Canned::body(body));
        let query = client.dropshipping().order_tracking_get();
        run(query
            .order_id(8_200_000_000_000_001)
            .language("en_US")
            .send())
    }

    pub(crate) fn token(body: impl Into<Bytes>) -> Result<aliexpress::TokenPair, Error> {
        let client = super::app(Canned::body(body));
        run(client
            .oauth()
            .refresh(&aliexpress::RefreshToken::new("old-refresh-token")))
    }
}
