//! One file per method: what it is, its request, its answer, its pages.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::answer;
use super::model::{Catalogue, Group, Kind, Listed, Method, Paging, Row, Token};
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
            pages(&mut body, catalogue, method, paging, &value.rust)?;
        }
        body.push_str(&answer);
        shapes = value.shapes;
    }
    let mut file = super::header(group.name);
    introduction(&mut file, method)?;
    file.push('\n');
    imports(&mut file, &body, &shapes);
    file.push_str(&body);
    Ok(file)
}

fn introduction(out: &mut String, method: &Method) -> Result<()> {
    module_doc(out, &format!("`{}`: {}", method.name, method.summary));
    out.push_str("//!\n");
    let mut facts = String::from(match method.kind {
        Kind::Read => "A read.",
        Kind::Write => "A write.",
    });
    if let Some(idempotency) = &method.idempotency {
        let hours = idempotency.seconds / 3600;
        let (_, key) = idempotency
            .key
            .rsplit_once('.')
            .unwrap_or(("", &idempotency.key));
        write!(facts, " Idempotent under `{key}` for {hours} hours.")?;
    }
    facts.push_str(match method.token {
        Token::Required => " Needs an access token.",
        Token::Optional => " An access token is sent when there is one.",
        Token::None => " No access token is sent.",
    });
    if let Some(note) = &method.token_note {
        write!(facts, " {note}")?;
    }
    if let Some(per_second) = method.per_second {
        write!(facts, " At most {per_second} calls a second.")?;
    }
    facts.push_str(match method.listed {
        Listed::ApiReference => " In the platform's method index.",
        Listed::GuidePage => " On a guide page only.",
        Listed::Unlisted | Listed::Removed => " In no published index any more, but answering.",
    });
    if method.workflow {
        facts.push_str(" Part of the main workflow.");
    }
    if let Some(note) = &method.status_note {
        write!(facts, " {note}")?;
    }
    if let Some(prefer) = &method.prefer {
        write!(facts, " Prefer `{prefer}`.")?;
    }
    module_doc(out, &facts);
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

/// Only what the file really names.
fn imports(out: &mut String, body: &str, shapes: &BTreeSet<String>) {
    let uses = |name: &&str| {
        body.match_indices(*name).any(|(at, _)| {
            let before = body[..at].chars().next_back().unwrap_or(' ');
            let after = body[at + name.len()..].chars().next().unwrap_or(' ');
            let part = |letter: char| letter.is_alphanumeric() || letter == '_';
            !part(before) && !part(after) && before != ':'
        })
    };
    for (path, names) in [
        ("std::collections", &["BTreeMap"][..]),
        ("std", &["fmt"]),
        ("std::future", &["Future"]),
    ] {
        import(out, path, names.iter().copied().filter(uses));
    }
    out.push('\n');
    for (path, names) in [
        ("bytes", &["Bytes"][..]),
        ("futures_util", &["Stream"]),
        ("jiff", &["Timestamp"]),
        ("jiff::civil", &["DateTime"]),
        ("rust_decimal", &["Decimal"]),
        ("serde", &["Deserialize", "Serialize"]),
    ] {
        import(out, path, names.iter().copied().filter(uses));
    }
    // Only where JSON is built: `Self::Value` is another one.
    import(
        out,
        "serde_json",
        ["Value"]
            .into_iter()
            .filter(|_| body.contains("Result<Value,")),
    );
    out.push('\n');
    for (path, names) in [
        (
            "crate::call",
            &[
                "Authority",
                "Exchange",
                "Form",
                "JsonObject",
                "MethodAnswer",
                "Outcome",
                "Refused",
                "check",
                "paging",
            ][..],
        ),
        ("super", &["OrderStatus"]),
        (
            "crate",
            &[
                "AuthorizationCode",
                "Client",
                "Error",
                "Money",
                "RefreshToken",
                "RequestError",
                "TokenPair",
                "decode",
                "money",
            ],
        ),
    ] {
        import(out, path, names.iter().copied().filter(uses));
    }
    out.push('\n');
    import(out, "pub crate::shapes", shapes.iter().map(String::as_str));
    out.push('\n');
}

/// `use path::{names};`, or nothing; a path that begins with `pub ` is handed on.
fn import<'a>(out: &mut String, path: &str, names: impl Iterator<Item = &'a str>) {
    let names: Vec<&str> = names.collect();
    let (public, path) = path
        .strip_prefix("pub ")
        .map_or(("", path), |path| ("pub ", path));
    match names.as_slice() {
        [] => {}
        [only] => out.push_str(&format!("{public}use {path}::{only};\n")),
        several => out.push_str(&format!(
            "{public}use {path}::{{{}}};\n",
            several.join(", ")
        )),
    }
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

fn pages(
    out: &mut String,
    catalogue: &Catalogue,
    method: &Method,
    paging: &Paging,
    value: &str,
) -> Result<()> {
    let name = request::request_name(method);
    let (kind, rows) = match paging {
        Paging::Page { rows, .. } => ("ByPage", rows),
        Paging::Cursor { rows, .. } => ("ByCursor", rows),
        Paging::Index { rows, .. } => ("ByIndex", rows),
    };
    let answer = |name: &str| -> Result<&Row> {
        let path = format!("{}.{name}", method.value.as_deref().unwrap_or_default());
        method
            .answer
            .iter()
            .find(|row| row.name == path)
            .with_context(|| format!("paging names `{name}`, which the answer lacks"))
    };
    let parameter = |name: &str| -> Result<&str> {
        let row = method.params.iter().find(|row| row.name == name);
        Ok(row
            .with_context(|| format!("paging names `{name}`, which is no parameter"))?
            .rust_name())
    };
    let rows_row = answer(rows)?;
    let rows_name = rows_row.rust_name();
    let row_type = match (&rows_row.shape, &rows_row.rust_struct) {
        (Some(shape), _) => catalogue.shape(shape)?.rust.clone(),
        (None, Some(rust)) => rust.clone(),
        _ => "i64".to_owned(),
    };
    writeln!(
        out,
        "impl {name} {{\n    /// The pages from here to the last one, each asked for when the one before it was taken. Ends after an error.\n    pub fn pages(self) -> impl Stream<Item = Result<{value}, Error>> + Send + 'static {{ paging::pages(self) }}\n"
    )?;
    writeln!(
        out,
        "    /// The rows of all [`pages`](Self::pages), one by one.\n    pub fn items(self) -> impl Stream<Item = Result<{row_type}, Error>> + Send + 'static {{ paging::items(self) }}\n}}\n"
    )?;
    writeln!(
        out,
        "impl paging::Paged for {name} {{\n    type Page = {value};\n    type Row = {row_type};\n    type Turn = paging::{kind};\n"
    )?;
    if let Paging::Page { end_code, .. } | Paging::Index { end_code, .. } = paging {
        end_of(out, end_code.as_deref())?;
    }
    writeln!(
        out,
        "    fn fetch(&self) -> impl Future<Output = Result<Self::Page, Error>> + Send {{ self.send() }}\n\n    fn rows(page: &Self::Page) -> usize {{ page.{rows_name}.len() }}\n\n    fn into_rows(page: Self::Page) -> Vec<Self::Row> {{ page.{rows_name} }}\n"
    )?;
    match paging {
        Paging::Page {
            page,
            total,
            finished,
            ..
        } => {
            let page = parameter(page)?;
            writeln!(
                out,
                "    fn start(&self) -> paging::ByPage {{ paging::ByPage::at(self.{page}) }}\n\n    fn turn(&mut self, to: &paging::ByPage) {{ self.{page} = Some(to.page()); }}\n"
            )?;
            let optional = |name: &Option<String>| -> Result<String> {
                name.as_deref().map_or(Ok("None".to_owned()), |name| {
                    Ok(format!("page.{}", answer(name)?.rust_name()))
                })
            };
            writeln!(
                out,
                "    fn next(turn: paging::ByPage, page: &Self::Page) -> paging::Step<paging::ByPage> {{ turn.next(Self::rows(page), {}, {}) }}\n",
                optional(total)?,
                optional(finished)?
            )?;
        }
        Paging::Cursor { cursor, next, .. } => {
            let cursor = parameter(cursor)?;
            writeln!(
                out,
                "    fn start(&self) -> paging::ByCursor {{ paging::ByCursor::at(self.{cursor}.clone()) }}\n\n    fn turn(&mut self, to: &paging::ByCursor) {{ self.{cursor} = to.cursor(); }}\n\n    fn next(turn: paging::ByCursor, page: &Self::Page) -> paging::Step<paging::ByCursor> {{ turn.next(Self::rows(page), page.{}.clone()) }}\n",
                answer(next)?.rust_name()
            )?;
        }
        Paging::Index { cursor, .. } => {
            let cursor = parameter(cursor)?;
            writeln!(
                out,
                "    fn start(&self) -> paging::ByIndex {{ paging::ByIndex::at(self.{cursor}.clone()) }}\n\n    fn turn(&mut self, to: &paging::ByIndex) {{ self.{cursor} = to.cursor(); }}\n\n    fn next(turn: paging::ByIndex, page: &Self::Page) -> paging::Step<paging::ByIndex> {{ turn.next(Self::rows(page), page.min_query_index_id.clone(), page.max_query_index_id.clone()) }}\n"
            )?;
        }
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

fn end_of(out: &mut String, code: Option<&str>) -> Result<()> {
    if let Some(code) = code {
        writeln!(
            out,
            "    const END_CODE: Option<&'static str> = Some({});\n",
            quoted(code)
        )?;
    }
    Ok(())
}
