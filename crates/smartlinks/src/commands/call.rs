//! `call METHOD NAME=VALUE…`, and what the catalogue says of the methods.

use aliexpress::catalogue::{self, Method, Token};
use serde_json::{Value, json};
use smartlinks_core::readable_methods;

use super::Session;
use crate::cli::CallArgs;
use crate::failure::{Exit, Failure};
use crate::output::{Output, facts, table};

/// The answer is JSON by nature, so it is printed as JSON with and without `--json`.
pub(crate) async fn run(arguments: &CallArgs, session: &Session) -> Result<(), Failure> {
    let method = arguments.method.as_deref().unwrap_or_default();
    let answer = session
        .core
        .call_read(arguments.connection.as_deref(), method, &arguments.params)
        .await?;
    let answer: Value = serde_json::from_slice(&answer).map_err(|error| {
        Failure::new(Exit::Failure, "undecodable", "the answer cannot be shown").because(&error)
    })?;
    session.output.json(&answer)
}

/// `call --list`. Needs no database.
pub(crate) fn list(output: Output) -> Result<(), Failure> {
    let methods: Vec<Value> = readable_methods()
        .map(|method| json!({ "name": method.name, "summary": method.summary }))
        .collect();
    output.data(&methods, |_| {
        let rows =
            readable_methods().map(|method| [method.name, method.summary].map(str::to_owned));
        table(["METHOD", "WHAT FOR"], rows)
    })
}

/// `call METHOD --describe`, for every method of the catalogue. Needs no database.
pub(crate) fn describe(arguments: &CallArgs, output: Output) -> Result<(), Failure> {
    let name = arguments.method.as_deref().unwrap_or_default();
    let Some(method) = catalogue::find(name) else {
        return Err(
            Failure::usage("unknown_method", "the catalogue has no such method")
                .hint("`smartlinks call --list` prints the methods that can be called."),
        );
    };
    output.data(&as_json(method), |_| in_words(method))
}

fn as_json(method: &Method) -> Value {
    let parameters: Vec<Value> = method
        .parameters
        .iter()
        .map(|parameter| {
            json!({
                "name": parameter.name,
                "type": parameter.kind,
                "required": parameter.required,
                "doc": parameter.doc,
            })
        })
        .collect();
    json!({
        "name": method.name,
        "summary": method.summary,
        "withdrawn": method.is_withdrawn(),
        "use_instead": method.replaced_by,
        "calls_per_second": method.per_second,
        "parameters": parameters,
    })
}

fn in_words(method: &Method) -> String {
    let mut rows = vec![("what for", method.summary.to_owned())];
    let token = match method.token {
        Token::Required => "needed",
        Token::Optional => "sent when there is one",
        Token::None => "not sent",
    };
    rows.push(("access token", token.to_owned()));
    if let Some(calls) = method.per_second {
        rows.push(("at most", format!("{calls} calls a second")));
    }
    if method.is_withdrawn() {
        let instead = method.replaced_by.unwrap_or("nothing replaces it");
        rows.push(("withdrawn", format!("use instead: {instead}")));
    }
    let parameters = method.parameters.iter().map(|parameter| {
        let needed = if parameter.required { "yes" } else { "" };
        [parameter.name, parameter.kind, needed, parameter.doc].map(str::to_owned)
    });
    let parameters = table(["PARAMETER", "TYPE", "NEEDED", "WHAT IT IS"], parameters);
    format!("{}\n\n{parameters}", facts(rows))
}
