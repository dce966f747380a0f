//! The words of a command line, as a POSIX shell takes it apart.

use std::iter::Peekable;
use std::str::Chars;

use super::PasteError;

/// Splits a command line; quotes and escapes are resolved, variables are not.
pub(super) fn words(line: &str) -> Result<Vec<String>, PasteError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => take_until_quote(&mut chars, word.get_or_insert_default())?,
            '"' => take_double_quoted(&mut chars, word.get_or_insert_default())?,
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                take_ansi_quoted(&mut chars, word.get_or_insert_default())?;
            }
            '\\' => match (chars.next(), chars.peek()) {
                // The end of a line that goes on.
                (Some('\n'), _) | (None, _) => {}
                (Some('\r'), Some('\n')) => {
                    chars.next();
                }
                (Some(escaped), _) => word.get_or_insert_default().push(escaped),
            },
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

type Source<'a> = Peekable<Chars<'a>>;

fn take_until_quote(chars: &mut Source<'_>, word: &mut String) -> Result<(), PasteError> {
    for c in chars.by_ref() {
        if c == '\'' {
            return Ok(());
        }
        word.push(c);
    }
    Err(PasteError::OpenQuote { quote: '\'' })
}

fn take_double_quoted(chars: &mut Source<'_>, word: &mut String) -> Result<(), PasteError> {
    while let Some(c) = chars.next() {
        match c {
            '"' => return Ok(()),
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                Some(other) => word.extend(['\\', other]),
            },
            c => word.push(c),
        }
    }
    Err(PasteError::OpenQuote { quote: '"' })
}

/// `$'…'`, as browsers copy a request with a quote in it.
fn take_ansi_quoted(chars: &mut Source<'_>, word: &mut String) -> Result<(), PasteError> {
    while let Some(c) = chars.next() {
        match c {
            '\'' => return Ok(()),
            '\\' => match chars.next() {
                Some('n') => word.push('\n'),
                Some('r') => word.push('\r'),
                Some('t') => word.push('\t'),
                Some('u') => word.extend(hexadecimal(chars, 4)),
                Some('x') => word.extend(hexadecimal(chars, 2)),
                Some(other) => word.push(other),
                None => {}
            },
            c => word.push(c),
        }
    }
    Err(PasteError::OpenQuote { quote: '\'' })
}

/// The character with this number; the replacement character where there is none.
fn hexadecimal(chars: &mut Source<'_>, most: usize) -> Option<char> {
    let mut number = 0;
    let mut digits = 0;
    while digits < most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)) else {
            break;
        };
        chars.next();
        number = number * 16 + digit;
        digits += 1;
    }
    (digits > 0).then(|| char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER))
}
