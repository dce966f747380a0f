//! Query and body as types, with refusals in the form of our problems.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use smartlinks_core::Error;

use crate::problem::Problem;

/// The query of the address.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
                Err(unreadable(&error.body_text()))
            }
            Err(error) => Err(unreadable(&error.body_text())),
        }
    }
}

/// What has to be an object.
#[derive(Deserialize)]
#[serde(transparent, bound = "T: DeserializeOwned")]
struct Object<T>(#[serde(deserialize_with = "smartlinks_core::object")] T);

/// A JSON body, which is an object.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<Object<T>>::from_request(request, state).await {
            Ok(axum::Json(Object(value))) => Ok(Self(value)),
            // The texts of serde may repeat the value; the kind of mistake is enough.
            Err(JsonRejection::JsonDataError(_)) => Err(unreadable(
                "a field of the JSON body is missing or of the wrong kind",
            )),
            Err(JsonRejection::JsonSyntaxError(_)) => Err(unreadable("the body is not JSON")),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "the body is larger than 64 KiB",
                "Send less.",
            )),
            Err(_) => Err(unreadable("the body cannot be read")),
        }
    }
}

/// How many entries of a list are wanted. A number that is out of range is no wish for the nearest one that is not.
pub(crate) fn limited(asked: Option<u32>, usual: u32, most: u32) -> Result<u32, Error> {
    match asked {
        None => Ok(usual),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(limit) => {
            let message = format!("{limit} is out of range; 1 to {most} are accepted");
            Err(Error::invalid("limit", message))
        }
    }
}

fn unreadable(detail: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_request",
        detail,
        "Compare the request with /api/openapi.json.",
    )
}
