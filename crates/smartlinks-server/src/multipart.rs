//! Forms with files (`multipart/form-data`, RFC 7578), as browsers send them. The body is in memory already, within
//! the limit of its route.

/// Most parts of one form.
const MOST_PARTS: usize = 32;
/// The longest boundary that RFC 2046 allows.
const LONGEST_BOUNDARY: usize = 70;

/// The contents of the first field of a name; none when the body is no such form, is cut off, or has no such field.
pub(crate) fn field<'b>(content_type: &str, body: &'b [u8], name: &str) -> Option<&'b [u8]> {
    let mut fields = fields(content_type, body)?.into_iter();
    fields
        .find(|(named, _)| named == name)
        .map(|(_, contents)| contents)
}

/// The names and contents of all fields, in their order; none when the body is no such form or is cut off.
pub(crate) fn fields<'b>(content_type: &str, body: &'b [u8]) -> Option<Vec<(String, &'b [u8])>> {
    let delimiter = format!("\r\n--{}", boundary(content_type)?);
    let delimiter = delimiter.as_bytes();
    // The first one may stand at the very beginning, without a line end before it.
    let mut rest = match body.strip_prefix(delimiter.get(2..)?) {
        Some(rest) => rest,
        None => after(body, delimiter)?,
    };
    let mut fields = Vec::new();
    while !rest.starts_with(b"--") {
        if fields.len() == MOST_PARTS {
            return None;
        }
        // Headers, an empty line, contents; up to the next delimiter.
        let end = position(rest, delimiter)?;
        let (part, following) = rest.split_at(end);
        let head = position(part, b"\r\n\r\n")?;
        let (head, contents) = part.split_at(head);
        fields.push((name_in(head), contents.get(4..)?));
        rest = following.get(delimiter.len()..)?;
    }
    Some(fields)
}

fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("boundary");
        named.then(|| value.trim().trim_matches('"'))
    })?;
    (1..=LONGEST_BOUNDARY)
        .contains(&boundary.len())
        .then_some(boundary)
}

/// What the headers of a part name it. Browsers write names in quotes, and ours need no escapes.
fn name_in(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut dispositions =
        lines.filter(|(header, _)| header.trim().eq_ignore_ascii_case("content-disposition"));
    let named = dispositions.find_map(|(_, value)| {
        let mut parameters = value.split(';').map(str::trim);
        parameters.find_map(|part| part.strip_prefix("name=\"")?.strip_suffix('"'))
    });
    named.unwrap_or_default().to_owned()
}

fn position(text: &[u8], sought: &[u8]) -> Option<usize> {
    text.windows(sought.len()).position(|part| part == sought)
}

fn after<'t>(text: &'t [u8], sought: &[u8]) -> Option<&'t [u8]> {
    text.get(position(text, sought)? + sought.len()..)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=----form7";

    fn form(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut body = String::new();
        for (head, contents) in parts {
            body += &format!(
                "------form7\r\nContent-Disposition: form-data; {head}\r\n\r\n{contents}\r\n"
            );
        }
        (body + "------form7--\r\n").into_bytes()
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        let picture = "name=\"picture\"; filename=\"a;name=.png\"\r\nContent-Type: image/png";
        let body = form(&[
            ("name=\"other\"", "x"),
            (picture, "\u{89}PNG\r\n--\r\n\r\n"),
        ]);
        let found = field(KIND, &body, "picture");
        assert_eq!(found, Some("\u{89}PNG\r\n--\r\n\r\n".as_bytes()));
        assert_eq!(field(KIND, &body, "other"), Some(&b"x"[..]));
        assert_eq!(field(KIND, &body, "none"), None);
        let all = fields(KIND, &body).expect("a form").into_iter();
        let names: Vec<String> = all.map(|(name, _)| name).collect();
        assert_eq!(names, ["other", "picture"]);
        assert_eq!(
            field(KIND, &form(&[("name=\"a\"", "")]), "a"),
            Some(&b""[..])
        );
        let quoted = "Multipart/Form-Data; charset=utf-8; Boundary=\"----form7\"";
        assert_eq!(field(quoted, &body, "other"), Some(&b"x"[..]));
    }

    #[test]
    fn what_is_no_whole_form_has_no_fields() {
        let body = form(&[("name=\"a\"", "x")]);
        for kind in [
            "",
            "text/plain",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=other",
            "multipart/mixed; boundary=----form7",
        ] {
            assert_eq!(field(kind, &body, "a"), None, "{kind}");
        }
        for end in 0..body.len() - 20 {
            assert_eq!(field(KIND, &body[..end], "a"), None, "{end}");
        }
        let many: Vec<_> = (0..40)
            .map(|_| ("name=\"x\"", ""))
            .chain([("name=\"a\"", "")])
            .collect();
        assert_eq!(field(KIND, &form(&many), "a"), None);
    }
}
