//! Mistakes in what stands in front of the parameters.

use super::super::{Flavour, Mistake, joined};
use super::sent::{Sent, Texts, WrongText};
use super::values::{form_encoded, query};

const HOST: &str = "api-sg.aliexpress.com";

/// The calls whose paths are known; one is easily taken for another.
const PATHS: [&str; 4] = [
    "/auth/token/create",
    "/auth/token/refresh",
    "/auth/token/security/create",
    "/auth/token/security/refresh",
];

pub(super) fn texts<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let prefixes = match sent.flavour {
        Flavour::System(path) => system(sent, path),
        Flavour::Business => business(sent),
    };
    let right = sent.prefix();
    let wrong = prefixes
        .into_iter()
        .filter(move |(_, prefix)| prefix != right);
    Box::new(wrong.map(|(mistake, prefix)| WrongText::new(mistake, joined(&prefix, sent.pairs))))
}

fn system(sent: &Sent<'_>, path: &str) -> Vec<(Mistake, String)> {
    let bare = path.trim_matches('/');
    let mut all = vec![
        (Mistake::PathPrefixMissing, String::new()),
        (Mistake::PathPrefixWithRest, format!("/rest{path}")),
        (Mistake::PathPrefixWithRest, format!("rest{path}")),
        (Mistake::PathPrefixWithRest, format!("/rest/{bare}/")),
        (Mistake::PathPrefixWithRest, format!("POST/rest{path}")),
        (Mistake::PathPrefixWithRest, "/rest".to_owned()),
    ];
    let altered = [
        bare.to_owned(),
        format!("/{bare}"),
        format!("/{bare}/"),
        format!("{bare}/"),
        format!("{path}?"),
        format!("{HOST}{path}"),
        format!("{HOST}/rest{path}"),
        format!("https://{HOST}{path}"),
        format!("https://{HOST}/rest{path}"),
        format!("POST{path}"),
        format!("GET{path}"),
        format!("{path}?{}", query(sent, form_encoded)),
        format!("{path}?{}", query(sent, str::to_owned)),
        path.to_uppercase(),
        path.to_lowercase(),
        bare.replace('/', "."),
    ];
    let others = PATHS.iter().map(|&path| path.to_owned());
    all.extend(altered.into_iter().chain(others).map(|prefix| {
        // A query may hold tokens, and what is named is shown.
        let shown = prefix
            .split_inclusive('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        (Mistake::PathPrefixAltered(shown), prefix)
    }));
    all
}

fn business(sent: &Sent<'_>) -> Vec<(Mistake, String)> {
    let method = sent.value("method").unwrap_or_default();
    let prefixes = [
        "/sync".to_owned(),
        "/rest".to_owned(),
        "sync".to_owned(),
        "/".to_owned(),
        "POST".to_owned(),
        "GET".to_owned(),
        "POST/sync".to_owned(),
        format!("https://{HOST}/sync"),
        format!("{HOST}/sync"),
        method.to_owned(),
        format!("/{method}"),
        format!("/rest/{method}"),
        format!("/sync/{method}"),
        format!("/{}", method.replace('.', "/")),
    ];
    prefixes
        .into_iter()
        .map(|prefix| (Mistake::PathPrefixUnexpected, prefix))
        .collect()
}
