//! `name=value&…`, read as the gateway reads it, with what is doubtful about it.

use super::{PasteError, Remark};

/// Appends the pairs of a query or form body, decoded.
pub(super) fn read(
    text: &str,
    params: &mut Vec<(String, String)>,
    remarks: &mut Vec<Remark>,
) -> Result<(), PasteError> {
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let position = params.len() + 1;
        let Some((name, value)) = part.split_once('=') else {
            // Without a value it takes no part. It may be the rest of a secret, so it is not repeated either.
            remarks.push(Remark::NoEqualsSign { position });
            continue;
        };
        let name = decoded(name).map_err(|_| PasteError::NoName { position })?;
        if name.trim().is_empty() {
            return Err(PasteError::NoName { position });
        }
        let bytes_fail = |_| PasteError::NotUtf8 { name: name.clone() };
        let text = decoded(value).map_err(bytes_fail)?;
        if value.contains('+') {
            remarks.push(Remark::PlusReadAsSpace(name.clone()));
        }
        if has_bad_escape(value) {
            remarks.push(Remark::BadEscape(name.clone()));
        }
        params.push((name, text));
    }
    Ok(())
}

fn decoded(text: &str) -> Result<String, std::string::FromUtf8Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        match (first, escape(behind)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8(bytes)
}

/// The byte that two hexadecimal digits stand for.
fn escape(behind: &[u8]) -> Option<u8> {
    let digits = behind.first_chunk::<2>()?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

fn has_bad_escape(text: &str) -> bool {
    let mut parts = text.split('%');
    parts.next();
    parts.any(|behind| escape(behind.as_bytes()).is_none())
}

/// Lines of a paste as one: lines that are pairs of their own with `&` in between, others as one broken line.
pub(super) fn unbroken(text: &str) -> String {
    let between = if is_list(text) { "&" } else { "" };
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join(between)
}

/// Every line is a pair of its own.
fn is_list(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.all(|line| {
        !line.contains('&') && line.split_once('=').is_some_and(|(name, _)| is_name(name))
    })
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
