//! A curl command line.

use super::{Draft, PasteError, Remark, shell};

/// Options with a value that says nothing about the parameters.
const PASSED_OVER: [&str; 22] = [
    "-A",
    "-b",
    "-c",
    "-e",
    "-m",
    "-o",
    "-u",
    "-w",
    "-x",
    "-X",
    "--cacert",
    "--connect-timeout",
    "--cookie",
    "--max-time",
    "--output",
    "--proxy",
    "--referer",
    "--request",
    "--resolve",
    "--retry",
    "--user",
    "--user-agent",
];

/// What one option means.
enum Meaning {
    Data,
    DataToEncode,
    Part,
    Json,
    Header,
    Address,
    Get,
    Nothing,
}

/// What a command line says.
#[derive(Default)]
struct Line {
    address: Option<String>,
    body: Vec<String>,
    parts: Vec<String>,
    headers: Vec<String>,
    get: bool,
}

/// The command without a prompt in front, when it is one of curl.
pub(super) fn command(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['$', '>', '#', ' ']);
    let first = text.split_whitespace().next()?;
    matches!(first, "curl" | "curl.exe").then_some(text)
}

pub(super) fn read(line: &str, draft: &mut Draft) -> Result<(), PasteError> {
    let mut words = shell::words(line)?.into_iter().skip(1);
    let mut said = Line::default();
    while let Some(word) = words.next() {
        let (meaning, glued) = meaning(&word);
        let takes_value = !matches!(meaning, Meaning::Get | Meaning::Nothing);
        let value = match glued {
            Some(value) => value,
            None if takes_value || PASSED_OVER.contains(&word.as_str()) => {
                words.next().unwrap_or_default()
            }
            None => String::new(),
        };
        if word.starts_with('-') && word.len() > 1 {
            said.take(meaning, value)?;
        } else if said.address.is_none() {
            said.address = Some(word);
        }
    }
    said.put_into(draft)
}

/// The meaning of an option, and its value where it is glued to it: `--data=…`, `-d…`.
fn meaning(word: &str) -> (Meaning, Option<String>) {
    let (name, glued) = match word.split_once('=') {
        Some((name, value)) if name.starts_with("--") => (name, Some(value)),
        _ => match word.split_at_checked(2) {
            Some((name, value)) if !value.is_empty() && !word.starts_with("--") => {
                (name, Some(value))
            }
            _ => (word, None),
        },
    };
    let meaning = match name {
        "-d" | "--data" | "--data-raw" | "--data-ascii" | "--data-binary" => Meaning::Data,
        "--data-urlencode" => Meaning::DataToEncode,
        "-F" | "--form" | "--form-string" => Meaning::Part,
        "--json" => Meaning::Json,
        "-H" | "--header" => Meaning::Header,
        "--url" => Meaning::Address,
        "-G" | "--get" => Meaning::Get,
        _ => Meaning::Nothing,
    };
    (meaning, glued.map(str::to_owned))
}

impl Line {
    fn take(&mut self, meaning: Meaning, value: String) -> Result<(), PasteError> {
        match meaning {
            Meaning::Data if value.starts_with('@') => return Err(PasteError::BodyInFile),
            Meaning::Data => self.body.push(value),
            Meaning::DataToEncode => self.body.push(encoded(&value)?),
            Meaning::Part => self.parts.push(value),
            Meaning::Json => return Err(PasteError::JsonBody),
            Meaning::Header => self.headers.push(value),
            Meaning::Address => self.address = Some(value),
            Meaning::Get => self.get = true,
            Meaning::Nothing => {}
        }
        Ok(())
    }

    fn put_into(self, draft: &mut Draft) -> Result<(), PasteError> {
        let body = self.body.join("&");
        let content_type = self.content_type();
        if content_type.is_some_and(|kind| kind.contains("json"))
            || body.trim_start().starts_with(['{', '['])
        {
            return Err(PasteError::JsonBody);
        }
        let is_form = content_type.is_none_or(|kind| kind.contains("form"));
        if !is_form && !body.is_empty() {
            draft.remarks.push(Remark::OtherContentType);
        }
        let address = self.address.ok_or(PasteError::NoAddress)?;
        let whole = if address.contains("://") {
            address
        } else {
            format!("https://{address}")
        };
        draft.read_address(&whole, false)?;
        draft.read_form(&body)?;
        for part in &self.parts {
            draft.read_part(part);
        }
        if !self.get && !body.is_empty() {
            draft.body = Some(body);
        }
        Ok(())
    }

    fn content_type(&self) -> Option<&str> {
        self.headers.iter().find_map(|header| {
            let (name, value) = header.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case("content-type")
                .then_some(value)
        })
    }
}

impl Draft {
    /// A part of a multipart form: its value stands as it is.
    fn read_part(&mut self, part: &str) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        if value.starts_with(['@', '<']) {
            self.remarks.push(Remark::FilePart(name.to_owned()));
        } else {
            self.params.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// `name=text`, of which curl encodes the text itself.
fn encoded(value: &str) -> Result<String, PasteError> {
    let (name, text) = value.split_once('=').unwrap_or(("", value));
    if text.starts_with('@') || (name.is_empty() && value.contains('@')) || name.contains('@') {
        return Err(PasteError::BodyInFile);
    }
    let text: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    Ok(format!("{name}={text}"))
}
