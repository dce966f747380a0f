//! Keeps secrets out of everything that is meant to be read: errors, debug output, logs.

/// What stands in place of a secret.
pub(crate) const MASK: &str = "***";

/// Longest excerpt of a foreign body, in characters.
const EXCERPT_CHARACTERS: usize = 200;

/// Longest message of the gateway that is passed on, in characters.
const MESSAGE_CHARACTERS: usize = 500;

/// Longest code or id that is passed on, in characters.
const NAME_CHARACTERS: usize = 128;

/// How much of a body is looked at; more could not show in an excerpt.
const SCANNED_BYTES: usize = 8 * 1024;

/// Parameter and field names whose values are never shown. The order parameter holds a person's address.
const SECRET_NAMES: [&str; 17] = [
    "access_token",
    "refresh_token",
    "accesstoken",
    "refreshtoken",
    "session",
    "code",
    "sign",
    "signature",
    "secret",
    "app_secret",
    "appsecret",
    "client_secret",
    "password",
    "authorization",
    "token",
    "account",
    "param_place_order_request4_open_api_d_t_o",
];

/// Whether values under this name are kept out of sight.
pub(crate) fn is_secret_name(name: &str) -> bool {
    SECRET_NAMES
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
}

/// The beginning of a foreign body, made safe to show: known secrets, values under secret names and token-like strings
/// are masked, control characters dropped, the rest cut to 200 characters.
pub(crate) fn excerpt(body: &[u8], known: &[&str]) -> String {
    let scanned = &body[..body.len().min(SCANNED_BYTES)];
    let text = String::from_utf8_lossy(scanned);
    let text = mask_known(&text, known);
    let text = mask_named(&text);
    let text = mask_token_like(&text);
    squeeze(&text, EXCERPT_CHARACTERS)
}

/// A message of the gateway, without the secrets that were sent and without token-like strings.
pub(crate) fn message(text: &str, known: &[&str]) -> String {
    squeeze(
        &mask_token_like(&mask_known(text, known)),
        MESSAGE_CHARACTERS,
    )
}

/// A code, id or type of the gateway, without the secrets that were sent.
pub(crate) fn name(text: &str, known: &[&str]) -> String {
    squeeze(&mask_known(text, known), NAME_CHARACTERS)
}

/// Removes the very texts that were part of the call, plain or percent-encoded.
fn mask_known(text: &str, known: &[&str]) -> String {
    let mut masked = text.to_owned();
    for secret in known.iter().filter(|secret| secret.len() >= 4) {
        masked = masked.replace(secret, MASK);
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        if encoded != **secret {
            masked = masked.replace(&encoded, MASK);
        }
    }
    masked
}

/// Masks the value after every secret name, in JSON, form and header notation.
fn mask_named(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
        masked.push_str(word);
        rest = after;
        if !is_secret_name(word) {
            continue;
        }
        if let Some(value) = value_span(rest) {
            masked.push_str(&rest[..value.start]);
            masked.push_str(MASK);
            rest = &rest[value.end..];
        }
    }
    masked.push_str(rest);
    masked
}

/// Where the value stands in what follows a name: behind `:` or `=`, with or without (escaped) quotes.
fn value_span(after_name: &str) -> Option<std::ops::Range<usize>> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\\');
    let separator = after_name.find(|c: char| !is_quote(c) && !c.is_whitespace())?;
    if !after_name[separator..].starts_with([':', '=']) {
        return None;
    }
    let gap = separator + 1;
    let offset = after_name[gap..].find(|c: char| !c.is_whitespace())?;
    let opening = gap + offset;
    let value = &after_name[opening..];
    if value.starts_with(is_quote) {
        let inner = value
            .find(|c: char| !is_quote(c))
            .map_or(value.len(), |index| index);
        let length = value[inner..].find(is_quote).unwrap_or(value.len() - inner);
        return Some(opening + inner..opening + inner + length);
    }
    let length = value
        .find(|c: char| matches!(c, '&' | ',' | ';' | '}' | ']' | '<' | '>') || c.is_whitespace())
        .unwrap_or(value.len());
    Some(opening..opening + length)
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Masks runs that look like a token: long, unbroken, with digits or mixed letters.
fn mask_token_like(text: &str) -> String {
    let in_run = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=' | '.' | '%' | '~')
    };
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_run) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let (run, after) = rest.split_at(rest.find(|c| !in_run(c)).unwrap_or(rest.len()));
        masked.push_str(if looks_like_token(run) { MASK } else { run });
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn looks_like_token(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let mixed =
        run.bytes().any(|b| b.is_ascii_uppercase()) && run.bytes().any(|b| b.is_ascii_lowercase());
    (run.len() >= 20 && digits >= 2) || (run.len() >= 32 && mixed && !run.contains('_'))
}

/// One line, no control characters, at most `limit` characters.
fn squeeze(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len().min(limit * 4));
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            gap = length > 0;
            continue;
        }
        let needed = 1 + usize::from(gap);
        if length + needed >= limit {
            line.push('…');
            return line;
        }
        if gap {
            line.push(' ');
            gap = false;
        }
        line.push(c);
        length += needed;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(body: &str) -> String {
        excerpt(body.as_bytes(), &[])
    }

    #[test]
    fn values_under_secret_names_are_masked_in_every_notation() {
        for body in [
            r#"{"access_token":"SHORT1","x":"kept"}"#,
            r#"{"access_token" : "SHORT1", "x":"kept"}"#,
            r#"{"x":"kept","refresh_token":"SHORT1"#,
            r#"{\"access_token\":\"SHORT1\",\"x\":\"kept\"}"#,
            "x=kept&sign=SHORT1&y=1",
            "kept code: SHORT1 and more",
            "kept session = SHORT1;",
            "kept App_Secret='SHORT1'",
        ] {
            let text = shown(body);
            assert!(!text.contains("SHORT1"), "{text}");
            assert!(text.contains("kept"), "{text}");
            assert!(text.contains(MASK), "{text}");
        }
    }

    #[test]
    fn token_like_strings_are_masked_and_words_are_not() {
        let text = shown(
            "<html>IncompleteSignature aliexpress_ds_product_get_response 50000000000placeholderAccessToken0001</html>",
        );
        assert_eq!(
            text,
            "<html>IncompleteSignature aliexpress_ds_product_get_response ***</html>"
        );
    }

    #[test]
    fn known_secrets_are_masked_plain_and_encoded() {
        let text = excerpt(b"a b+c/d here, a+b%2Bc%2Fd there", &["a b+c/d"]);
        assert_eq!(text, "*** here, *** there");
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        let text = shown(&"word \n\t".repeat(500));
        assert_eq!(text.chars().count(), 200, "{text}");
        assert!(!text.contains('\n'));
        assert_eq!(shown("\u{1}a\u{0}\r\nb"), "a b");
        assert_eq!(excerpt(&[0xff, 0xfe, b'a'], &[]), "\u{fffd}\u{fffd}a");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_give_at_most_200_characters(body in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            proptest::prop_assert!(excerpt(&body, &["abcd"]).chars().count() <= 200);
        }
    }
}
