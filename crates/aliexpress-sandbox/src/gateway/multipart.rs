//! `multipart/form-data` bodies (RFC 7578): text parts are parameters, file parts are kept apart.

use std::ops::Range;

use axum::body::Bytes;

/// Largest file part, in bytes. The documented limit of image search is far below; the API says so itself.
pub(crate) const MOST_FILE_BYTES: usize = 8 * 1024 * 1024;
/// Most parts in one body.
const MOST_PARTS: usize = 256;
/// Most bytes of the headers of one part.
const MOST_HEADER_BYTES: usize = 4 * 1024;
/// Longest boundary that RFC 2046 allows.
const LONGEST_BOUNDARY: usize = 70;

/// Why a body cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MultipartError {
    #[error(
        "the Content-Type header names no usable boundary (1 to {LONGEST_BOUNDARY} characters)"
    )]
    Boundary,
    #[error("the body does not begin with the boundary of the Content-Type header")]
    NoStart,
    #[error("part {0} is not closed by the boundary: the body is cut off")]
    CutOff(usize),
    #[error("part {0} has no blank line after at most {MOST_HEADER_BYTES} bytes of headers")]
    Headers(usize),
    #[error("part {0} has no Content-Disposition: form-data header with a name")]
    NoName(usize),
    #[error("the text part \"{0}\" is not UTF-8; send files with a filename")]
    NotText(String),
    #[error("the file part \"{0}\" was sent twice")]
    Twice(String),
    #[error("the body has more than {MOST_PARTS} parts")]
    TooManyParts,
    #[error("the file part \"{0}\" is larger than {MOST_FILE_BYTES} bytes")]
    FileTooLarge(String),
}

/// A file part: its name and its bytes, which share the memory of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content: Bytes,
}

/// The parts of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) texts: Vec<(String, String)>,
    pub(crate) files: Vec<File>,
}

/// Reads a body. A part with a `filename` is a file, every other one is text.
pub(crate) fn parse(content_type: &str, body: &Bytes) -> Result<Parts, MultipartError> {
    let boundary = boundary(content_type).ok_or(MultipartError::Boundary)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter may stand at the very beginning, without a line end before it.
    let opening = &delimiter[2..];
    let mut at = if body.starts_with(opening) {
        opening.len()
    } else {
        find(body, &delimiter, 0).ok_or(MultipartError::NoStart)? + delimiter.len()
    };
    let mut parts = Parts::default();
    for number in 1..=MOST_PARTS + 1 {
        if body[at..].starts_with(b"--") {
            return Ok(parts);
        }
        if number > MOST_PARTS {
            break;
        }
        let start = at + line_end(&body[at..]).ok_or(MultipartError::CutOff(number))?;
        // The headers may be empty, so the search begins at the end of the delimiter's own line.
        let end = find(body, &delimiter, start.saturating_sub(2))
            .ok_or(MultipartError::CutOff(number))?;
        parts.take(number, body, start..end.max(start))?;
        at = end + delimiter.len();
    }
    Err(MultipartError::TooManyParts)
}

impl Parts {
    fn take(
        &mut self,
        number: usize,
        body: &Bytes,
        part: Range<usize>,
    ) -> Result<(), MultipartError> {
        let headers_end = find(&body[..part.end], b"\r\n\r\n", part.start)
            .filter(|end| end - part.start <= MOST_HEADER_BYTES)
            .ok_or(MultipartError::Headers(number))?;
        let headers = String::from_utf8_lossy(&body[part.start..headers_end]);
        let (name, is_file) = disposition(&headers).ok_or(MultipartError::NoName(number))?;
        let content = headers_end + 4..part.end;
        if !is_file {
            let text = std::str::from_utf8(&body[content])
                .map_err(|_| MultipartError::NotText(name.clone()))?;
            self.texts.push((name, text.to_owned()));
            return Ok(());
        }
        if self.files.iter().any(|file| file.name == name) {
            return Err(MultipartError::Twice(name));
        }
        if content.len() > MOST_FILE_BYTES {
            return Err(MultipartError::FileTooLarge(name));
        }
        let content = body.slice(content);
        self.files.push(File { name, content });
        Ok(())
    }
}

/// Length of the white space and line end that close a delimiter's line.
fn line_end(rest: &[u8]) -> Option<usize> {
    let blanks = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    rest[blanks..].starts_with(b"\r\n").then_some(blanks + 2)
}

/// The boundary of a `Content-Type` header.
fn boundary(content_type: &str) -> Option<String> {
    let boundary = attribute(content_type, "boundary")?;
    let fits = (1..=LONGEST_BOUNDARY).contains(&boundary.len())
        && boundary.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    fits.then_some(boundary)
}

/// Name of the part, and whether it is a file.
fn disposition(headers: &str) -> Option<(String, bool)> {
    let value = headers.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let kind = value.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("form-data") {
        return None;
    }
    let name = attribute(value, "name").filter(|name| !name.is_empty())?;
    let is_file = attribute(value, "filename").or_else(|| attribute(value, "filename*"));
    Some((name, is_file.is_some()))
}

/// `name=value` or `name="value"` after a semicolon. Browsers write a quote as `%22`, others as `\"`.
fn attribute(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, next) = value(after)?;
        // A semicolon without a value before it belongs to no attribute.
        let name = name.rsplit(';').next().unwrap_or_default().trim();
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
}

/// A value and what follows its semicolon.
fn value(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return Some((value.trim().to_owned(), rest));
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value.replace("%22", "\""), &quoted[at + 1..])),
            '\\' => match letters.next()? {
                (_, escaped @ ('"' | '\\')) => value.push(escaped),
                (_, other) => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

/// Where `needle` begins in `text`, from `from` on.
fn find(text: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = from;
    while let Some(step) = text.get(at..)?.iter().position(|byte| *byte == first) {
        at += step;
        if text[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"x-y\"";

    fn parsed(body: &[u8]) -> Result<Parts, MultipartError> {
        parse(TYPE, &Bytes::copy_from_slice(body))
    }

    fn file(name: &str, content: &'static [u8]) -> File {
        File {
            name: name.to_owned(),
            content: Bytes::from_static(content),
        }
    }

    #[test]
    fn texts_and_files_are_told_apart_by_the_file_name() {
        let parts = parsed(
            b"--x-y\r\nContent-Disposition: form-data; name=\"sort\"\r\n\r\nSALE_PRICE_ASC\r\n\
              --x-y \r\ncontent-type: image/png\r\nCONTENT-DISPOSITION: form-data; filename=\"a;b=\\\"c.png\"; name=image\r\n\r\n\
              \x89PNG\r\n--x-\r\n\xff\r\n--x-y--\r\nepilogue",
        )
        .unwrap();
        assert_eq!(parts.texts, [("sort".into(), "SALE_PRICE_ASC".into())]);
        assert_eq!(parts.files, [file("image", b"\x89PNG\r\n--x-\r\n\xff")]);
    }

    #[test]
    fn a_preamble_an_empty_part_and_no_part_are_fine() {
        let parts =
            parsed(b"hello\r\n--x-y\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--x-y--")
                .unwrap();
        assert_eq!(parts.texts, [("a".into(), String::new())]);
        assert_eq!(parsed(b"--x-y--\r\n").unwrap(), Parts::default());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let part = |head: &str, content: &str| {
            parsed(format!("--x-y\r\n{head}\r\n\r\n{content}\r\n--x-y--").as_bytes()).unwrap_err()
        };
        assert_eq!(parsed(b"").unwrap_err(), MultipartError::NoStart);
        assert_eq!(parsed(b"--x-y").unwrap_err(), MultipartError::CutOff(1));
        assert_eq!(
            parsed(b"--x-y\r\n--x-y--").unwrap_err(),
            MultipartError::Headers(1)
        );
        assert_eq!(
            parsed(b"--x-y\r\nContent-Disposition: form-data; name=a\r\n\r\nabc").unwrap_err(),
            MultipartError::CutOff(1)
        );
        assert_eq!(part("X: y", "z"), MultipartError::NoName(1));
        assert_eq!(
            part("Content-Disposition: attachment; name=a", "z"),
            MultipartError::NoName(1)
        );
        assert_eq!(
            part("Content-Disposition: form-data; name=\"a", "z"),
            MultipartError::NoName(1)
        );
        assert_eq!(part(&"x".repeat(5000), "z"), MultipartError::Headers(1));
        assert_eq!(
            parsed(b"--x-y\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x-y--")
                .unwrap_err(),
            MultipartError::NotText("a".into())
        );
        for content_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a",
        ] {
            assert_eq!(
                parse(content_type, &Bytes::new()),
                Err(MultipartError::Boundary)
            );
        }
    }

    #[test]
    fn files_are_bounded_in_size_and_number() {
        let image = |bytes: usize| {
            let head = "--x-y\r\nContent-Disposition: form-data; name=i; filename=f\r\n\r\n";
            format!("{head}{}\r\n", "a".repeat(bytes))
        };
        assert!(parsed(format!("{}--x-y--", image(MOST_FILE_BYTES)).as_bytes()).is_ok());
        let large = format!("{}--x-y--", image(MOST_FILE_BYTES + 1));
        assert_eq!(
            parsed(large.as_bytes()),
            Err(MultipartError::FileTooLarge("i".into()))
        );
        let twice = format!("{}{}--x-y--", image(1), image(1));
        assert_eq!(
            parsed(twice.as_bytes()),
            Err(MultipartError::Twice("i".into()))
        );
        let part = "--x-y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
        let most = format!("{}--x-y--", part.repeat(MOST_PARTS));
        assert_eq!(parsed(most.as_bytes()).unwrap().texts.len(), MOST_PARTS);
        let many = format!("{}--x-y--", part.repeat(MOST_PARTS + 1));
        assert_eq!(parsed(many.as_bytes()), Err(MultipartError::TooManyParts));
    }

    #[test]
    fn no_body_panics() {
        let whole = b"a\r\n--x-y\r\nContent-Disposition: form-data; name=\"a\\\"%22\"; filename*=x\r\n\r\nz\r\n--x-y--";
        for cut in 0..whole.len() {
            assert!(parsed(&whole[..cut]).is_err());
            let mut changed = whole.to_vec();
            changed[cut] ^= 0x2d;
            let _ = parsed(&changed);
        }
        assert_eq!(parsed(whole).unwrap().files, [file("a\"\"", b"z")]);
    }
}
