//! The beginning of an answer, made safe to keep and to show: it is written by a stranger and may hold whatever
//! that stranger knows.

/// How many characters are kept.
const LONGEST: usize = 200;
/// From this length on a run of letters and digits may be a token.
const TOKEN_LIKE: usize = 20;

/// One line of printable text, with everything masked that looks like a token.
pub(crate) fn excerpt(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .filter(|character| !is_invisible(*character))
        .collect();
    let words: Vec<String> = text.split_whitespace().map(masked).collect();
    let text = words.join(" ");
    (!text.is_empty()).then(|| crate::text::shortened(&text, LONGEST))
}

/// Characters that change the order or hide in the text around them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn masked(word: &str) -> String {
    let mut text = String::with_capacity(word.len());
    let mut run = String::new();
    for character in word.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '+' | '/' | '=') {
            run.push(character);
            continue;
        }
        match run.len() >= TOKEN_LIKE && run.bytes().any(|byte| byte.is_ascii_digit()) {
            true => text.push('…'),
            false => text.push_str(&run),
        }
        run.clear();
        if character != '\0' {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_one_short_line_without_tokens() {
        assert_eq!(excerpt(b""), None);
        assert_eq!(excerpt(b" \n\t "), None);
        let shown = |text: &str| excerpt(text.as_bytes()).unwrap();
        assert_eq!(shown("ok\r\nnot: injected\u{202e}"), "ok not: injected");
        assert_eq!(
            shown("{\"error\":\"no such tenant\"}"),
            "{\"error\":\"no such tenant\"}"
        );
        let echoed = "secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, again";
        assert_eq!(shown(echoed), "…, again");
        assert!(shown(&"word ".repeat(300)).chars().count() <= LONGEST + 1);
        assert_eq!(excerpt(&[0xff, b'a']).unwrap(), "\u{fffd}a");
    }
}
