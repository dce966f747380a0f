//! `sign explain`: how a request is signed, and which mistake makes another signature. Needs no database.

use std::io::Read as _;
use std::path::Path;

use aliexpress::AppSecret;
use aliexpress::sign::{ExplainInput, Explanation, Remark};
use serde_json::json;

use crate::cli::{ExplainArgs, SettingFlags};
use crate::config::{DEMO_APP_SECRET, app_secret, secret_list};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output::{Output, facts, plain};

/// More than any request that can be pasted has.
const MAX_STDIN_BYTES: u64 = 5 * 1024 * 1024;

pub(crate) fn run(
    arguments: &ExplainArgs,
    flags: &SettingFlags,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let mut input = read_request(arguments)?;
    if let Some(path) = &arguments.path {
        input = input.with_path(path);
    }
    let secrets = secrets(arguments.secret_file.as_deref(), flags, environment)?;
    let explanation = explain(&input, &secrets, arguments.sign.as_deref())?;
    if output.is_json() {
        output.json(&as_json(&explanation, input.remarks()))
    } else {
        output.text(&in_words(&explanation, input.remarks()))
    }
}

/// Under the secret that made the given signature, where one of them did; else under the first.
fn explain(
    input: &ExplainInput,
    secrets: &[AppSecret],
    sign: Option<&str>,
) -> Result<Explanation, Failure> {
    let mut explanations = secrets.iter().map(|secret| input.explain(secret, sign));
    let first = explanations.next().ok_or_else(not_given)?;
    if first.matches != Some(false) {
        return Ok(first);
    }
    let fits = explanations.find(|explanation| explanation.matches == Some(true));
    Ok(fits.unwrap_or(first))
}

/// The values of tokens and codes are masked, so that an explanation can be pasted into a question.
fn as_json(explanation: &Explanation, remarks: &[Remark]) -> serde_json::Value {
    let verdict = explanation.verdict.as_ref();
    json!({
        "canonical": explanation.masked_canonical(),
        "path": explanation.prefix,
        "parts": explanation.masked_parts().iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        "sign": explanation.sign,
        "matches": explanation.matches,
        "verdict": verdict.map(|mistake| json!({
            "code": mistake.code(),
            "detail": mistake.to_string(),
            "parts": mistake.parts().iter().map(|part| part.code()).collect::<Vec<_>>(),
        })),
        "remarks": remarks
            .iter()
            .map(|remark| json!({ "code": remark.code(), "detail": remark.to_string() }))
            .collect::<Vec<_>>(),
    })
}

fn in_words(explanation: &Explanation, remarks: &[Remark]) -> String {
    let mut text =
        String::from("signed in this order, name and value without anything between them:\n");
    if !explanation.prefix.is_empty() {
        text.push_str(&format!("  {}\n", plain(&explanation.prefix)));
    }
    for (name, value) in explanation.masked_parts() {
        text.push_str(&format!("  {} = {}\n", plain(name), plain(value)));
    }
    text.push('\n');
    let mut rows = vec![
        ("text", explanation.masked_canonical()),
        ("signature", explanation.sign.clone()),
    ];
    match (explanation.matches, &explanation.verdict) {
        (Some(true), _) => rows.push(("verdict", "the given signature is right".to_owned())),
        (_, Some(mistake)) => rows.push(("verdict", plain(&mistake.to_string()))),
        _ => {}
    }
    rows.extend(
        remarks
            .iter()
            .map(|remark| ("note", plain(&remark.to_string()))),
    );
    text.push_str(&facts(rows));
    text
}

fn read_request(arguments: &ExplainArgs) -> Result<ExplainInput, Failure> {
    if arguments.request != ["-"] {
        return ExplainInput::from_words(&arguments.request).map_err(unexplained);
    }
    if arguments.secret_file.as_deref() == Some(Path::new("-")) {
        return Err(
            Failure::usage("usage", "request and secret cannot both come from stdin")
                .hint("Name a file with --secret-file, or set ALIEXPRESS_APP_SECRET."),
        );
    }
    let text = from_stdin(MAX_STDIN_BYTES)?;
    ExplainInput::parse(&text).map_err(unexplained)
}

fn unexplained(error: aliexpress::sign::PasteError) -> Failure {
    Failure::usage("usage", error.to_string()).hint(
        "Write for example: smartlinks sign explain method=aliexpress.ds.product.get product_id=1005, or paste a \
         whole address, form body or curl line (- reads it from stdin)",
    )
}

fn from_stdin(limit: u64) -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_string(&mut text)
        .map_err(|error| unreadable("stdin", &error))?;
    Ok(text)
}

fn secrets(
    file: Option<&Path>,
    flags: &SettingFlags,
    environment: &Environment,
) -> Result<Vec<AppSecret>, Failure> {
    let text = match file {
        Some(path) if path == Path::new("-") => from_stdin(4096)?,
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| unreadable(&path.display().to_string(), &error))?,
        None if flags.sandbox => DEMO_APP_SECRET.to_owned(),
        None => match app_secret(flags, environment)? {
            Some(secret) => secret,
            None => return Err(not_given()),
        },
    };
    secret_list(text.trim_end_matches(['\r', '\n'])).map_err(|error| {
        Failure::usage(
            "not_configured",
            format!("the app secret cannot be used: {error}"),
        )
        .hint("Copy it again from the AliExpress console.")
    })
}

fn not_given() -> Failure {
    Failure::usage("not_configured", "no app secret was given").hint(
        "Set ALIEXPRESS_APP_SECRET, or name a file with --secret-file (- reads stdin). It is no argument, \
         since command lines can be read by others.",
    )
}

fn unreadable(place: &str, error: &std::io::Error) -> Failure {
    Failure::usage("file_unreadable", format!("{place} cannot be read"))
        .because(error)
        .hint("Name a file that holds nothing but the app secret.")
}
