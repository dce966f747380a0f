//! One file per method: what it is, its request, its answer, its pages.

mod imports;
mod paging;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::answer;
use super::model::{Catalogue, Group, Kind, Listed, Method, Row, Token};
use super::request;
use super::text::{doc, module_doc, module_item, pascal, quoted};

/// The file of `method`.
pub(crate) fn file(catalogue: &Catalogue, group: &Group, method: &Method) -> Result<String> {
    let entry = pascal(group.name);
    let mut body = String::new();
    writeln!(body, "const METHOD: &str = {};\n", quoted(&method.name))?;
    request::write(&mut body, method, &entry)?;
    let mut shapes = BTreeSet::new();
    if method.by_hand.is_some() {
        token_send(&mut body, method)?;
    } else {
        let mut answer = String::new();
        let value = answer::write(&mut answer, catalogue, method)?;
        send(&mut body, method, &value.rust)?;
        if let Some(paging) = &method.paging {
            paging::write(&mut body, catalogue, method, paging, &value.rust)?;
        }
        body.push_str(&answer);
        shapes = value.shapes;
    }
    let mut file = super::header(group.name);
    introduction(&mut file, method)?;
    file.push('\n');
    imports::write(&mut file, &body, &shapes);
    file.push_str(&body);
    Ok(file)
}

fn introduction(out: &mut String, method: &Method) -> Result<()> {
    module_doc(out, &format!("`{}`: {}", method.name, method.summary));
    out.push_str("//!\n");
    module_doc(out, &facts(method).join(" "));
    for note in &method.notes {
        module_item(out, note);
    }
    if !method.address_rules.is_empty() {
        out.push_str("//!\n//! Rules of addresses:\n");
        for rule in &method.address_rules {
            module_item(out, &format!("{}: {}.", rule.country, rule.rules));
        }
    }
    out.push_str("//!\n");
    module_doc(out, &format!("Sources: {}.", method.sources.join("; ")));
    Ok(())
}

/// What kind of method it is, a sentence for each fact.
fn facts(method: &Method) -> Vec<String> {
    let mut facts = vec![match method.kind {
        Kind::Read => "A read.".to_owned(),
        Kind::Write => "A write.".to_owned(),
    }];
    if let Some(idempotency) = &method.idempotency {
        let hours = idempotency.seconds / 3600;
        let key = &idempotency.key;
        let key = key.rsplit_once('.').map_or(key.as_str(), |(_, key)| key);
        facts.push(format!("Idempotent under `{key}` for {hours} hours."));
    }
    facts.push(match method.token {
        Token::Required => "Needs an access token.".to_owned(),
        Token::Optional => "An access token is sent when there is one.".to_owned(),
        Token::None => "No access token is sent.".to_owned(),
    });
    facts.extend(method.token_note.clone());
    let budget = method.per_second;
    facts.extend(budget.map(|calls| format!("At most {calls} calls a second.")));
    facts.push(match method.listed {
        Listed::ApiReference => "In the platform's method index.".to_owned(),
        Listed::GuidePage => "On a guide page only.".to_owned(),
        Listed::Unlisted | Listed::Removed => {
            "In no published index any more, but answering.".to_owned()
        }
    });
    if method.workflow {
        facts.push("Part of the main workflow.".to_owned());
    }
    facts.extend(method.status_note.clone());
    let better = method.prefer.as_ref();
    facts.extend(better.map(|better| format!("Prefer `{better}`.")));
    facts
}

fn authority(method: &Method) -> &'static str {
    match method.token {
        Token::Required => "Authority::Account",
        Token::Optional => "Authority::AccountIfKnown",
        Token::None => "Authority::App",
    }
}

fn form_of(method: &Method) -> &'static str {
    if method.params.iter().any(|row| !row.never) {
        "self.form()?"
    } else {
        "Form::default()"
    }
}

fn send(out: &mut String, method: &Method, value: &str) -> Result<()> {
    let name = request::request_name(method);
    writeln!(out, "impl {name} {{")?;
    doc(out, "    ", "Checks the parameters, then sends the call.");
    out.push_str("    ///\n    /// # Errors\n");
    let mut errors = String::from(
        "[`Error::Request`] before anything is sent when a parameter is missing or cannot be meant;",
    );
    if method.success.is_some() {
        errors.push_str(" [`Error::Business`] when the method refuses;");
    }
    errors.push_str(" everything else in [`Error`].");
    let mut text = errors;
    if !method.errors.is_empty() {
        write!(text, " Known failures: {}.", method.errors.join("; "))?;
    }
    raw_doc(out, &text);
    writeln!(
        out,
        "    pub async fn send(&self) -> Result<{value}, Error> {{\n        self.client.perform(METHOD, {}, {}, Exchange::decode::<Answer>).await\n    }}\n}}\n",
        form_of(method),
        authority(method)
    )?;
    Ok(())
}

/// A documentation comment that may hold links of ours.
fn raw_doc(out: &mut String, text: &str) {
    let mut line = "    ///".to_owned();
    for word in text.split_whitespace() {
        if line.len() + word.len() + 1 > 116 {
            out.push_str(&line);
            out.push('\n');
            line = "    ///".to_owned();
        }
        line.push(' ');
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
}

fn token_send(out: &mut String, method: &Method) -> Result<()> {
    let name = request::request_name(method);
    let secret: &Row = method
        .params
        .iter()
        .find(|row| row.secret.is_some())
        .context("a token method has a secret")?;
    writeln!(out, "impl {name} {{")?;
    raw_doc(
        out,
        &format!(
            "Spends the {} and gives the pair. Never repeated by itself. [`OAuth`](crate::OAuth) says the same in one step.",
            if secret.rust_name() == "code" {
                "code"
            } else {
                "refresh token"
            }
        ),
    );
    out.push_str("    ///\n    /// # Errors\n");
    raw_doc(
        out,
        &format!(
            "[`Error::Gateway`] with one of: {}; the transport and decoding errors.",
            method.errors.join(", ")
        ),
    );
    writeln!(
        out,
        "    pub async fn send(&self) -> Result<TokenPair, Error> {{\n        self.client.exchange_tokens(METHOD, self.form()?).await\n    }}\n}}\n"
    )?;
    Ok(())
}
