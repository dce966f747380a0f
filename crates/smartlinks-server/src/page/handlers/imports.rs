//! `/aliexpress/catalogue/imports`: many products at once.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use smartlinks_core::Error;
use smartlinks_core::catalogue::{
    ImportJobView, ImportLineView, ImportProblem, ImportRest, ImportsRequest,
};

use super::catalogue::{done, encoded, field, given, labels_of};
use super::frame::query_value;
use super::prices::refusal;
use super::upload::{self, Sent};
use super::webhooks::Fields;
use super::{Visit, new_order, notice, render};
use crate::guard::RequestId;
use crate::page::views::{
    CatalogueDeed, FeedForm, ImportJob, ImportLine, ImportLineState, ImportPage, ImportState,
    ImportsForm, ImportsPage, Problem as ProblemView, WrongLine,
};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

const IMPORTS: &str = "/aliexpress/catalogue/imports";
/// Imports, or products of one, on one page.
const PAGE_SIZE: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(IMPORTS, list)
        .post(IMPORTS, start)
        .post("/aliexpress/catalogue/imports/feed", start_feed)
        .get("/aliexpress/catalogue/imports/{id}", show)
        .post("/aliexpress/catalogue/imports/{id}/cancel", cancel)
        .post("/aliexpress/catalogue/imports/{id}/resume", resume)
}

async fn list(state: AppState, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    listed(
        &state,
        &headers,
        &uri,
        ImportsForm::default(),
        FeedForm::default(),
    )
    .await
}

async fn listed(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    form: ImportsForm,
    feed: FeedForm,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let after = query_value(uri, "after");
    let found = core
        .catalogue_imports(after.as_deref(), Some(PAGE_SIZE))
        .await?;
    let accounts = new_order::connections(state).await?;
    let rules = core.price_rules().await?.into_iter();
    // They are no reason to show nothing.
    let feeds = match accounts.is_empty() {
        false => core.known_feeds().await.ok(),
        true => None,
    };
    let feeds = feeds.iter().flat_map(|all| all.iter());
    let page = ImportsPage {
        frame: visit.frame(state).await,
        accounts,
        feeds: feeds
            .map(|feed| (feed.name.clone(), feed.products))
            .collect(),
        feed,
        rules: rules.map(|rule| (rule.id, rule.name)).collect(),
        form,
        jobs: found.imports.into_iter().map(job).collect(),
        next: found.next,
    };
    Ok(render(&page, &visit, state))
}

/// Whether a text is a file: its first line names the column `product`. Else it is a list, one product a line.
fn is_file(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').lines().next();
    let mut cells = first.unwrap_or_default().split([',', ';', '\t']);
    cells.any(|cell| {
        cell.trim()
            .trim_matches('"')
            .eq_ignore_ascii_case("product")
    })
}

/// Whether a text begins as a list does: with a number or an address.
fn is_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty()).unwrap_or_default();
    first.starts_with("http") || first.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is to be imported: by the file when one was chosen, else by the text.
fn request(fields: &Fields, text: &str, is_csv: bool) -> ImportsRequest {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (products, csv) = match is_csv {
        true => (Vec::new(), Some(text.to_owned())),
        false => (lines.map(str::to_owned).collect(), None),
    };
    ImportsRequest {
        products,
        csv,
        labels: labels_of(&field(fields, "labels")),
        rule: given(fields, "rule"),
        connection: given(fields, "connection"),
        ..ImportsRequest::default()
    }
}

async fn start(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Sent { fields, file } = upload::sent(&headers, &body)?;
    let pasted = field(&fields, "text");
    // Numbers alone may come in a file as well; anything else in one is held to the columns.
    let is_csv = match &file {
        Some(file) => is_file(file) || !is_list(file),
        None => is_file(&pasted),
    };
    let text = file.unwrap_or_else(|| pasted.clone());
    let request = request(&fields, &text, is_csv);
    let entered = ImportsForm {
        text: match upload::is_whole(&text) {
            true => text,
            false => pasted,
        },
        labels: field(&fields, "labels"),
        rule: field(&fields, "rule"),
        connection: field(&fields, "connection"),
        ..ImportsForm::default()
    };
    let started = state.core().start_catalogue_import(&request).await;
    let (status, form) = match started {
        Ok(started) => match started.job {
            Some(job) => return Ok(done(&state, &place(&job.id), CatalogueDeed::ImportStarted)),
            None => {
                let form = ImportsForm {
                    lines: started.problems.into_iter().map(wrong).collect(),
                    wrong: i64::try_from(started.problems_in_all).unwrap_or(i64::MAX),
                    ..entered
                };
                (StatusCode::UNPROCESSABLE_ENTITY, form)
            }
        },
        Err(error) => {
            let (status, problem) = refusal(error, &request_id);
            let form = ImportsForm {
                problem: Some(problem),
                ..entered
            };
            (status, form)
        }
    };
    let here = Uri::from_static(IMPORTS);
    let mut response = listed(&state, &headers, &here, form, FeedForm::default()).await?;
    *response.status_mut() = status;
    Ok(response)
}

async fn start_feed(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let text = |name| field(&fields, name);
    let started = match most(&text("most")) {
        Ok(most) => {
            let request = ImportsRequest {
                feed: Some(text("feed")),
                most,
                labels: labels_of(&text("labels")),
                connection: given(&fields, "connection"),
                ..ImportsRequest::default()
            };
            state.core().start_catalogue_import(&request).await
        }
        Err(error) => Err(error),
    };
    let (status, problem) = match started.map(|started| started.job) {
        Ok(Some(job)) => return Ok(done(&state, &place(&job.id), CatalogueDeed::ImportStarted)),
        // Only lists and files have lines that can be wrong.
        Ok(None) => return Ok(Redirect::to(IMPORTS).into_response()),
        Err(error) => refusal(error, &request_id),
    };
    let feed = FeedForm {
        name: text("feed"),
        most: text("most"),
        labels: text("labels"),
        connection: text("connection"),
        problem: Some(problem),
    };
    let here = Uri::from_static(IMPORTS);
    let mut response = listed(&state, &headers, &here, ImportsForm::default(), feed).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// How many products are wanted at most; nothing for an empty text.
fn most(text: &str) -> Result<Option<u32>, Error> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            let shown = smartlinks_core::shortened(text, 20);
            Error::invalid("most", format!("{shown:?} is not a whole number"))
        }),
    }
}

fn wrong(problem: ImportProblem) -> WrongLine {
    WrongLine {
        line: problem.line,
        column: problem.column,
        message: problem.message,
    }
}

fn place(id: &str) -> String {
    format!("{IMPORTS}/{}", encoded(id))
}

async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let core = state.core();
    let wanted = query_value(&uri, "state").unwrap_or_default();
    let wanted = ImportLineState::from_value(&wanted);
    let after = query_value(&uri, "after").and_then(|after| after.parse().ok());
    let import = core.catalogue_import(&id).await?;
    let lines = core
        .catalogue_import_lines(
            &id,
            wanted.map(ImportLineState::value),
            after,
            Some(PAGE_SIZE),
        )
        .await?;
    let page = ImportPage {
        frame: visit.frame(&state).await,
        job: job(import),
        state: wanted,
        lines: lines.lines.into_iter().map(line).collect(),
        next: lines.next,
    };
    Ok(render(&page, &visit, &state))
}

async fn cancel(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().cancel_catalogue_import(&id).await {
        Ok(_) => done(&state, &place(&id), CatalogueDeed::ImportCancelled),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

async fn resume(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().resume_catalogue_import(&id).await {
        Ok(_) => done(&state, &place(&id), CatalogueDeed::ImportResumed),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

fn job(job: ImportJobView) -> ImportJob {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    ImportJob {
        id: job.id,
        state: ImportState::from_value(job.state.as_str()),
        feed: job.feed,
        finding: job.finding,
        lines: job.lines,
        imported: job.imported,
        failed: job.failed,
        rests: job
            .rests_because
            .map(|rest| ProblemView::from_code(rest.code)),
        no_more: job.found_no_more_because.map(why),
        next_ms: ms(job.next_at),
        created_ms: ms(job.created_at),
        finished_ms: ms(job.finished_at),
    }
}

/// Why something rests or failed: words by its code, and the sentence that was kept with it.
fn why(rest: ImportRest) -> ProblemView {
    ProblemView {
        upstream: Some(rest.detail),
        ..ProblemView::from_code(rest.code)
    }
}

fn line(line: ImportLineView) -> ImportLine {
    let state = ImportLineState::from_value(line.state.as_str());
    ImportLine {
        line: line.line,
        number: line.product_id,
        state: state.unwrap_or(ImportLineState::Waiting),
        attempts: line.attempts,
        product: line.product,
        problem: line.problem.map(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_file_when_its_first_line_names_the_column() {
        for text in [
            "product\n1",
            "\u{feff}Product;labels\n1;x",
            "labels,\"product\"\n",
            "skus\tproduct",
        ] {
            assert!(is_file(text), "{text:?}");
        }
        for text in [
            "",
            "1005006000000001\nproduct",
            "https://x/product,1",
            "products",
        ] {
            assert!(!is_file(text), "{text:?}");
        }
        for text in [
            "",
            "\r\n 1005006000000001\n",
            "https://x/item/1.html",
            "HTTP",
        ] {
            assert_eq!(is_list(text), text != "HTTP", "{text:?}");
        }
        for text in ["id;name\n1;x", "1005006000000001;blue", "\u{fffd}"] {
            assert!(!is_list(text), "{text:?}");
        }
    }
}
