//! `sign explain`: how a request is signed, and which mistake makes another signature. Needs no database.

use std::io::Read as _;
use std::path::Path;

use aliexpress::AppSecret;
use aliexpress::sign::{ExplainRequest, Explanation, Flavour, explain};
use serde_json::json;
use url::Url;

use crate::cli::{ExplainArgs, SettingFlags};
use crate::config::{DEMO_APP_SECRET, app_secret};
use crate::environment::Environment;
use crate::failure::Failure;
use crate::output::{Output, facts, plain};

/// A request as given: its parameters, and the path of a system call.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    params: Vec<(String, String)>,
    path: Option<String>,
}

pub(crate) fn run(
    arguments: &ExplainArgs,
    flags: &SettingFlags,
    environment: &Environment,
    output: Output,
) -> Result<(), Failure> {
    let request = read_request(&arguments.request)?;
    let secret = secret(arguments.secret_file.as_deref(), flags, environment)?;
    // A system call may carry its path as `method`; it is signed with the path in front all the same.
    let as_method = request
        .params
        .iter()
        .find(|(name, value)| name == "method" && value.starts_with('/'))
        .map(|(_, value)| value.as_str());
    let path = arguments
        .path
        .as_deref()
        .or(request.path.as_deref())
        .or(as_method);
    let own = request
        .params
        .iter()
        .find(|(name, _)| name == "sign")
        .map(|(_, value)| value.as_str());
    let foreign = arguments.sign.as_deref().or(own);
    let explanation = explain(&ExplainRequest {
        secret: &secret,
        flavour: path.map_or(Flavour::Business, Flavour::System),
        params: &request.params,
        foreign_sign: foreign,
    });
    if output.is_json() {
        output.json(&as_json(&explanation))
    } else {
        output.text(&in_words(&explanation))
    }
}

/// The values of tokens and codes are masked, so that an explanation can be pasted into a question.
fn as_json(explanation: &Explanation) -> serde_json::Value {
    let verdict = explanation.verdict.as_ref();
    json!({
        "canonical": explanation.masked_canonical(),
        "path": explanation.prefix,
        "parts": explanation.masked_parts().iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        "sign": explanation.sign,
        "matches": explanation.matches,
        "verdict": verdict.map(|mistake| json!({ "code": mistake.code(), "detail": mistake.to_string() })),
    })
}

fn in_words(explanation: &Explanation) -> String {
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
        (_, Some(mistake)) => rows.push(("verdict", mistake.to_string())),
        _ => {}
    }
    text.push_str(&facts(rows));
    text
}

fn read_request(words: &[String]) -> Result<Request, Failure> {
    if let [only] = words
        && let Ok(url) = Url::parse(only)
        && url.has_host()
    {
        return Ok(Request {
            params: url
                .query_pairs()
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
            path: url
                .path()
                .strip_prefix("/rest")
                .filter(|path| path.len() > 1)
                .map(str::to_owned),
        });
    }
    let pair = |word: &String| {
        match word.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        // The word itself may be a secret that was pasted in the wrong place.
        _ => Err(Failure::usage("usage", "one of the parameters is neither name=value nor a whole address")
            .hint("Write for example: smartlinks sign explain method=aliexpress.ds.product.get product_id=1005")),
    }
    };
    Ok(Request {
        params: words.iter().map(pair).collect::<Result<_, _>>()?,
        path: None,
    })
}

fn secret(
    file: Option<&Path>,
    flags: &SettingFlags,
    environment: &Environment,
) -> Result<AppSecret, Failure> {
    let text = match file {
        Some(path) if path == Path::new("-") => {
            let mut text = String::new();
            std::io::stdin()
                .lock()
                .take(4096)
                .read_to_string(&mut text)
                .map_err(|error| unreadable("stdin", &error))?;
            text
        }
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| unreadable(&path.display().to_string(), &error))?,
        None if flags.sandbox => DEMO_APP_SECRET.to_owned(),
        None => match app_secret(flags, environment)? {
            Some(secret) => secret,
            None => {
                return Err(Failure::usage("not_configured", "no app secret was given").hint(
                    "Set ALIEXPRESS_APP_SECRET, or name a file with --secret-file (- reads stdin). It is no argument, \
                     since command lines can be read by others.",
                ));
            }
        },
    };
    AppSecret::parse(text.trim_end_matches(['\r', '\n'])).map_err(|error| {
        Failure::usage(
            "not_configured",
            format!("the app secret cannot be used: {error}"),
        )
        .hint("Copy it again from the AliExpress console.")
    })
}

fn unreadable(place: &str, error: &std::io::Error) -> Failure {
    Failure::usage("file_unreadable", format!("{place} cannot be read"))
        .because(error)
        .hint("Name a file that holds nothing but the app secret.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_address_is_taken_apart() {
        let address =
            "https://api-sg.aliexpress.com/rest/auth/token/create?app_key=1&code=a%2Bb&sign=X"
                .to_owned();
        let request = read_request(&[address]).unwrap();
        assert_eq!(request.path.as_deref(), Some("/auth/token/create"));
        assert_eq!(request.params[1], ("code".to_owned(), "a+b".to_owned()));
        let business = "https://api-sg.aliexpress.com/sync?method=x".to_owned();
        assert_eq!(read_request(&[business]).unwrap().path, None);
    }

    #[test]
    fn a_word_in_the_wrong_place_is_not_repeated() {
        let failure = read_request(&["canary".to_owned()]).unwrap_err();
        assert!(!format!("{failure:?}").contains("canary"));
    }
}
