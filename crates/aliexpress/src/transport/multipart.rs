//! `multipart/form-data`, for the few methods that take a file.

use sha2::{Digest, Sha256};

use super::{EncodedBody, FilePart};

/// Parameters first, then the files.
pub(super) fn encode(form: &[(String, String)], files: &[FilePart]) -> EncodedBody {
    let boundary = boundary(form, files);
    let mut body = Vec::new();
    for (name, value) in form {
        head(
            &mut body,
            &boundary,
            &format!("name=\"{}\"", quotable(name)),
            None,
        );
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for file in files {
        let name = quotable(file.name);
        let disposition = format!("name=\"{name}\"; filename=\"{name}\"");
        head(
            &mut body,
            &boundary,
            &disposition,
            Some("application/octet-stream"),
        );
        body.extend_from_slice(&file.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    EncodedBody {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        bytes: body.into(),
    }
}

fn head(body: &mut Vec<u8>, boundary: &str, disposition: &str, content_type: Option<&str>) {
    let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n");
    if let Some(content_type) = content_type {
        head.push_str(&format!("Content-Type: {content_type}\r\n"));
    }
    head.push_str("\r\n");
    body.extend_from_slice(head.as_bytes());
}

/// A boundary that is in none of the parts: made from what is sent, and made anew while it is in there.
fn boundary(form: &[(String, String)], files: &[FilePart]) -> String {
    let mut round = 0_u32;
    loop {
        let mut digest = Sha256::new();
        digest.update(round.to_be_bytes());
        for (name, value) in form {
            digest.update(name.as_bytes());
            digest.update(value.as_bytes());
        }
        for file in files {
            digest.update(&file.content);
        }
        let boundary = format!("smartlinks-{}", hex::encode(&digest.finalize()[..16]));
        let within = |bytes: &[u8]| {
            bytes
                .windows(boundary.len())
                .any(|part| part == boundary.as_bytes())
        };
        let taken = form.iter().any(|(_, value)| within(value.as_bytes()))
            || files.iter().any(|file| within(&file.content));
        if !taken {
            return boundary;
        }
        round = round.wrapping_add(1);
    }
}

/// A name without what would end its quotes or its line.
fn quotable(name: &str) -> String {
    name.chars()
        .map(|letter| {
            if matches!(letter, '"' | '\r' | '\n') {
                '_'
            } else {
                letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn parameters_and_files_stand_between_boundaries() {
        let form = [("a".to_owned(), "é 1".to_owned())];
        let files = [FilePart {
            name: "image",
            content: Bytes::from_static(b"\x00--\r\n"),
        }];
        let encoded = encode(&form, &files);
        let boundary = encoded
            .content_type
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        let mut expected = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\né 1\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        expected.extend_from_slice(b"\x00--\r\n\r\n");
        expected.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        assert_eq!(encoded.bytes, expected);
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quotable("a\"b\r\nc"), "a_b__c");
    }
}
