//! `POST /aliexpress/push`: where AliExpress sends its messages.
//!
//! Its signature over the raw body is the only thing that is believed of a request. The answer is 200 with nothing in
//! it, which is all that AliExpress looks at, and only once the message is on disk. A message that is not signed is
//! refused with 401; one that could not be kept with 503, so that it is sent again.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use smartlinks_core::{Caller, Error};

use crate::guard::{ClientAddress, too_many};
use crate::limits::Limit;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

/// Where messages arrive.
pub(crate) const PATH: &str = "/aliexpress/push";

pub(crate) fn routes() -> Routes {
    Routes::default().post(PATH, receive)
}

async fn receive(
    state: AppState,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    // Two signatures are as good as none: which one was meant?
    let mut signatures = headers.get_all(header::AUTHORIZATION).iter();
    let signature = match (signatures.next(), signatures.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    };
    match state.core().take_push(&body, signature).await {
        Ok(_) => Ok(StatusCode::OK),
        // Counted only now: whoever shares an address with strangers (a proxy) does not pay for them.
        Err(error @ Error::PushRefused(_)) => {
            match state.limiter().take(Limit::Push, &Caller::at(address)) {
                Ok(()) => Err(error.into()),
                Err(seconds) => Err(too_many(seconds)),
            }
        }
        Err(error) => Err(error.into()),
    }
}
