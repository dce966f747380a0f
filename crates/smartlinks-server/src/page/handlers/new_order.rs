//! A new order: the form, its checks, and the one button that orders.

mod form;
mod seen;

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use smartlinks_core::{ConnectionState, Error, NewOrder, PAY_CURRENCY, Placing};

use super::frame::query_value;
use super::{Visit, intents, notice, problems, products, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    AddressHint, Frame, HeldBack, IntentState, NewOrderForm, NewOrderPage, NewOrderRow, Notice,
    OrderTrouble, PreviewBox, Problem as ProblemView, RefusedOrder,
};
use crate::problem::Problem;
use crate::state::AppState;

use form::{contents_of, form_of, not_meant, order_of, take_over};
use seen::{hint, preview_box, trouble};

fn here() -> Uri {
    Uri::from_static("/aliexpress/orders/new")
}

/// What a form sends, in its order.
pub(super) type Fields = Form<Vec<(String, String)>>;

/// What is said beside the form.
#[derive(Default)]
struct Said {
    troubles: Vec<OrderTrouble>,
    advice: Vec<AddressHint>,
    preview: Option<PreviewBox>,
    problem: Option<ProblemView>,
    held: Option<HeldBack>,
    refused: Option<RefusedOrder>,
}

impl Said {
    fn status(&self) -> StatusCode {
        let well = self.problem.is_none() && self.troubles.is_empty() && self.held.is_none();
        match (well, self.held) {
            (true, _) => StatusCode::OK,
            (false, Some(HeldBack::Unknown)) => StatusCode::SERVICE_UNAVAILABLE,
            (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

/// The empty form; from a product's page with the product, and the variant that was chosen there.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = |name| query_value(&uri, name).unwrap_or_default();
    let mut form = NewOrderForm {
        key: state.core().new_order_key()?,
        country: state.core().market().ship_to.clone(),
        ..NewOrderForm::default()
    };
    let row = NewOrderRow {
        product: asked("product"),
        sku: asked("sku"),
        quantity: Some(asked("quantity"))
            .filter(|quantity| !quantity.is_empty())
            .unwrap_or_else(|| "1".to_owned()),
        expected: asked("price"),
        ..NewOrderRow::default()
    };
    form.lines.push(row);
    let country = asked("ship_to").trim().to_ascii_uppercase();
    if country.len() == 2 {
        form.country = country;
    }
    shown(&state, &headers, &uri, form, Said::default()).await
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    form: NewOrderForm,
    said: Said,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let status = said.status();
    let page = NewOrderPage {
        frame: visit.frame(state).await,
        missing: views_of::missing(state.core()),
        connections: connections(state).await?,
        form,
        troubles: said.troubles,
        advice: said.advice,
        preview: said.preview,
        problem: said.problem,
        held: said.held,
        refused: said.refused,
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = status;
    Ok(response)
}

/// Id and name of each connection that can be asked, the default one first.
pub(super) async fn connections(state: &AppState) -> Result<Vec<(String, String)>, Problem> {
    let all = state.core().connections().await?;
    let able = all
        .iter()
        .filter(|one| one.state != ConnectionState::Disconnected);
    let mut able: Vec<_> = able.collect();
    able.sort_by_key(|one| !one.default);
    let named = able.into_iter().map(views_of::connection);
    Ok(named
        .map(|one| (one.id.clone(), one.name().to_owned()))
        .collect())
}

/// Looks at the order as it stands in the form, and says everything about it. Orders nothing.
pub(super) async fn check(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Result<Response, Problem> {
    let mut form = form_of(&state, &fields)?;
    take_over(&mut form, &fields);
    let frame = Visit::of(&state, &headers, &here()).frame(&state).await;
    let said = looked_at(&state, &frame, &mut form, &request_id).await?;
    shown(&state, &headers, &here(), form, said).await
}

/// What is to be said of the order. What was seen is kept in the form, so that nothing else is ordered.
async fn looked_at(
    state: &AppState,
    frame: &Frame,
    form: &mut NewOrderForm,
    request_id: &str,
) -> Result<Said, Problem> {
    let mut said = Said::default();
    let order = match order_of(form) {
        Ok(order) => order,
        Err(troubles) => {
            said.troubles = troubles;
            return Ok(said);
        }
    };
    // What was seen before is no part of what is looked at now.
    let order = NewOrder {
        preview: None,
        ..order
    };
    match state.core().preview_order(&order).await {
        Ok(preview) => {
            for (row, line) in form.lines.iter_mut().zip(&preview.lines) {
                let options = line.delivery_options.iter().cloned();
                row.options = options
                    .map(|option| products::freight(option, PAY_CURRENCY))
                    .collect();
            }
            said.troubles = preview
                .problems
                .iter()
                .map(|problem| trouble(frame, problem, &order, &preview))
                .collect();
            said.advice = preview.address.iter().map(hint).collect();
            form.token.clone_from(&preview.preview);
            form.seen = contents_of(form);
            said.preview = Some(preview_box(state, preview).await?);
        }
        Err(Error::Invalid { field, message }) => {
            said.troubles.push(not_meant(field, &message));
        }
        Err(error) => said.problem = Some(problems::view(error.into(), request_id)),
    }
    Ok(said)
}

/// Orders what was looked at, once for each form, and goes to what became of it.
pub(super) async fn place(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Result<Response, Problem> {
    let mut form = form_of(&state, &fields)?;
    let frame = Visit::of(&state, &headers, &here()).frame(&state).await;
    let order = match order_of(&form) {
        Ok(order) => order,
        Err(troubles) => {
            let said = Said {
                troubles,
                ..Said::default()
            };
            return shown(&state, &headers, &here(), form, said).await;
        }
    };
    // The form can be changed beside its preview. What nobody has seen checked is checked first.
    let said = if form.seen == contents_of(&form) {
        match state.core().place_order(&form.key, &order).await {
            Ok(placing) if is_refusal(&placing) => refused(&state, &mut form, &placing)?,
            Ok(placing) => return Ok(became(&state, &placing)),
            Err(error) => held_back(&state, &frame, &mut form, error, &request_id).await?,
        }
    } else {
        Said {
            held: Some(HeldBack::Changed),
            ..looked_at(&state, &frame, &mut form, &request_id).await?
        }
    };
    shown(&state, &headers, &here(), form, said).await
}

/// AliExpress has refused this very form, and has not done so before.
fn is_refusal(placing: &Placing) -> bool {
    placing.is_new && IntentState::from_value(&placing.view.state) == Some(IntentState::Refused)
}

/// What was entered, to be mended under another key: this one stands for what was refused.
fn refused(state: &AppState, form: &mut NewOrderForm, placing: &Placing) -> Result<Said, Problem> {
    form.key = state.core().new_order_key()?;
    Ok(Said {
        held: Some(HeldBack::Refused),
        refused: Some(RefusedOrder {
            record: intents::row(&placing.view),
            said: placing.view.detail.clone(),
        }),
        ..Said::default()
    })
}

/// On to the record.
fn became(state: &AppState, placing: &Placing) -> Response {
    let place = format!("/aliexpress/orders/intents/{}", placing.view.id);
    match placing.is_new {
        true => Redirect::to(&place).into_response(),
        false => notice::go(state, &place, &Notice::OrderSentBefore),
    }
}

/// Why the button has ordered nothing, or may have.
async fn held_back(
    state: &AppState,
    frame: &Frame,
    form: &mut NewOrderForm,
    error: Error,
    request_id: &str,
) -> Result<Said, Problem> {
    let held = match &error {
        Error::PreviewChanged => Some(HeldBack::Changed),
        Error::IdempotencyKeyUsed => Some(HeldBack::SentBefore),
        // It may have happened behind the sending. The same form under the same key tells.
        Error::Storage(_) | Error::Internal(_) => Some(HeldBack::Unknown),
        _ => None,
    };
    if held == Some(HeldBack::SentBefore) {
        form.key = state.core().new_order_key()?;
    }
    Ok(match error {
        Error::NotPlaceable(_) | Error::PreviewChanged | Error::IdempotencyKeyUsed => Said {
            held,
            ..looked_at(state, frame, form, request_id).await?
        },
        Error::Invalid { field, message } => Said {
            troubles: vec![not_meant(field, &message)],
            ..Said::default()
        },
        error => Said {
            held,
            problem: Some(problems::view(error.into(), request_id)),
            ..Said::default()
        },
    })
}
