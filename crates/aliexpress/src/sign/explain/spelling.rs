//! How a signature is written.

use super::super::Mistake;

/// Shorter beginnings could fit by chance.
const SHORTEST_BEGINNING: usize = 8;

/// The bytes of a foreign signature, and what is wrong with the way it is written.
///
/// # Errors
/// The mistake, where the spelling alone shows it.
pub(super) fn read(foreign: &str, right: &str) -> Result<(Vec<u8>, Option<Mistake>), Mistake> {
    let is_hexadecimal = foreign.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hexadecimal {
        let bytes = base64_decoded(foreign).filter(|bytes| matches!(bytes.len(), 16 | 32));
        let bytes = bytes.ok_or(Mistake::NotASignature)?;
        return Ok((bytes, Some(Mistake::Base64)));
    }
    let is_beginning = (SHORTEST_BEGINNING..right.len()).contains(&foreign.len());
    if is_beginning && right.starts_with(&foreign.to_ascii_uppercase()) {
        return Err(Mistake::Truncated);
    }
    let lower = foreign.bytes().any(|byte| byte.is_ascii_lowercase());
    let bytes = hex::decode(foreign).map_err(|_| Mistake::NotASignature)?;
    match bytes.len() {
        16 | 32 => Ok((bytes, lower.then_some(Mistake::LowerCase))),
        20 => Err(Mistake::OtherHash("SHA-1")),
        28 => Err(Mistake::OtherHash("SHA-224")),
        48 => Err(Mistake::OtherHash("SHA-384")),
        64 => Err(Mistake::OtherHash("SHA-512")),
        _ => Err(Mistake::NotASignature),
    }
}

/// Base64 in either alphabet, with or without its filling.
pub(super) fn base64_decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // One digit alone makes no byte.
    (count < 6).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_in_both_alphabets() {
        assert_eq!(base64_decoded("YWI="), Some(b"ab".to_vec()));
        assert_eq!(base64_decoded("YWJj"), Some(b"abc".to_vec()));
        assert_eq!(base64_decoded("-_-_"), base64_decoded("+/+/"));
        assert_eq!(base64_decoded("+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
        for wrong in ["a", "a b", "é", "YWJjZ"] {
            assert_eq!(base64_decoded(wrong), None, "{wrong}");
        }
    }
}
