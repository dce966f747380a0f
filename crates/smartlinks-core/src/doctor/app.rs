//! Key, secret and callback address as they are set.

use super::finding::{Check, Finding, Mender};
use crate::app::AppSetup;

/// The path that the callback has to have for the answer to come in by itself.
const CALLBACK_PATH: &str = "/aliexpress/callback";

pub(super) fn keys(app: &AppSetup) -> Vec<Finding> {
    let AppSetup::Ready(app) = app else {
        return app.problems().iter().map(missing).collect();
    };
    let mut findings = vec![Finding::good(
        Check::Keys,
        "keys_set",
        "app key, secret and callback address are set and well formed",
    )];
    if app.is_callback_insecure() {
        findings.push(
            Finding::warning(
                Check::Keys,
                "callback_insecure",
                format!("the callback address {} is not https", app.callback_url),
            )
            .since("the code that opens the account crosses the network readable")
            .mend(
                Mender::Operator,
                "Register and set an https address (ALIEXPRESS_CALLBACK_URL).",
            ),
        );
    }
    if app.callback_url.path() != CALLBACK_PATH {
        findings.push(
            Finding::note(
                Check::Keys,
                "callback_elsewhere",
                format!("the callback address does not end in {CALLBACK_PATH}"),
            )
            .since("the answer of AliExpress does not reach this server by itself")
            .mend(
                Mender::Operator,
                "Paste the address that the browser ends on, or register one with that path.",
            ),
        );
    }
    findings
}

fn missing(problem: &crate::app::ConfigProblem) -> Finding {
    Finding::problem(Check::Keys, "keys_missing", problem.to_string())
        .since("without it no account can be connected and no call can be signed")
        .mend(Mender::Operator, problem.fix.clone())
}
