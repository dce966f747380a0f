//! `gallery FOLDER [WORD]`: takes a picture of every page in the folder (or of those whose name contains the word), in
//! two widths and two colour schemes, and tells what keeps somebody out. Started by `cargo xtask screenshots --pages`.
//!
//! The pages come from the `preview` example of smartlinks-server. They are served, not opened as files, since a
//! browser loads no script module from a file; and under a policy as strict as the service's own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path as Name, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use testkit::browser::{Scheme, Visitor};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const VIEWS: [(u32, u32, Scheme, &str); 4] = [
    (1280, 900, Scheme::Light, "1280-light"),
    (1280, 900, Scheme::Dark, "1280-dark"),
    (390, 844, Scheme::Light, "390-light"),
    (390, 844, Scheme::Dark, "390-dark"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_default());
    let word = arguments.next().unwrap_or_default();
    match take(&folder, &word).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tell(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn tell(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// `false` when a page keeps somebody out.
async fn take(folder: &Path, word: &str) -> Result<bool> {
    let names = pages(folder, word)?;
    let base = serve(folder).await?;
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures)?;
    let browser = Visitor::speaking("fr").open().await?;
    let mut good = true;
    for name in &names {
        browser.goto(&format!("{base}/{name}.html")).await?;
        for (width, height, scheme, view) in VIEWS {
            browser.resize(width, height).await?;
            browser.set_scheme(scheme).await?;
            browser
                .screenshot(&pictures.join(format!("{name}.{view}.png")))
                .await?;
            for finding in browser.at_a_glance().await? {
                tell(&format!("{name} {view}: {finding}"));
                good = false;
            }
        }
    }
    browser.close().await?;
    tell(&format!(
        "{} pages, {} pictures in {}",
        names.len(),
        names.len() * VIEWS.len(),
        pictures.display()
    ));
    Ok(good)
}

/// The names of the pages without their ending, in order.
fn pages(folder: &Path, word: &str) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("no pages in {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let Some(name) = name.strip_suffix(".html") else {
            continue;
        };
        if name.contains(word) {
            names.push(name.to_owned());
        }
    }
    anyhow::ensure!(!names.is_empty(), "no page is called `{word}`");
    names.sort();
    Ok(names)
}

async fn serve(folder: &Path) -> Result<String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let base = format!("http://{}", listener.local_addr()?);
    let folder: Arc<Path> = folder.into();
    let app = Router::new().route("/{name}", get(file)).with_state(folder);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(base)
}

async fn file(State(folder): State<Arc<Path>>, Name(name): Name<String>) -> Response {
    let kind = match name.rsplit_once('.') {
        _ if name.contains('/') => return StatusCode::NOT_FOUND.into_response(),
        Some((_, "html")) => "text/html; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => "image/svg+xml",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    match std::fs::read(folder.join(name)) {
        Ok(bytes) => (headers, bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
