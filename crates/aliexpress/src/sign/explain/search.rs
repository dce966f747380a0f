//! Finds the mistake: every text that one would sign, under every digest that one would take.

use super::super::Mistake;
use super::digests::{DigestMistake, Digests};
use super::sent::Sent;
use super::spelling;

/// How much is hashed at most, in bytes: a fraction of a second. Only requests with pictures in them need more.
const MOST_BYTES: usize = 64 << 20;

/// What has been found so far.
struct Found {
    text: String,
    by_digest: DigestMistake,
    by_text: Vec<Mistake>,
}

/// The mistake that makes `foreign` of this request, whose right text and signature are given.
pub(super) fn mistake(
    sent: &Sent<'_>,
    digests: &Digests<'_>,
    canonical: &str,
    right: &str,
    foreign: &str,
) -> Mistake {
    let (signature, spelling) = match spelling::read(foreign, right) {
        Ok(read) => read,
        Err(mistake) => return mistake,
    };
    if let Some(by_digest) = digests.find(canonical, &signature, true) {
        return together(by_digest.into_iter().chain(spelling));
    }
    let mut left = MOST_BYTES;
    let mut found: Option<Found> = None;
    for wrong in sent.wrong_texts().filter(|wrong| wrong.text != canonical) {
        if let Some(found) = &mut found {
            // The same text by another mistake cannot be told from the first.
            if found.text == wrong.text && !found.by_text.contains(&wrong.mistake) {
                found.by_text.push(wrong.mistake);
            }
            continue;
        }
        let work = wrong
            .text
            .len()
            .saturating_mul(digests.count(wrong.thorough));
        let Some(rest) = left.checked_sub(work) else {
            return Mistake::TooLargeToSearch;
        };
        left = rest;
        if let Some(by_digest) = digests.find(&wrong.text, &signature, wrong.thorough) {
            found = Some(Found {
                text: wrong.text,
                by_digest,
                by_text: vec![wrong.mistake],
            });
        }
    }
    match found {
        Some(found) => together(
            [either(found.by_text)]
                .into_iter()
                .chain(found.by_digest)
                .chain(spelling),
        ),
        // So many digits are those of MD5, under whatever secret.
        None if signature.len() == 16 => Mistake::Md5,
        None => Mistake::WrongSecret,
    }
}

fn either(mut mistakes: Vec<Mistake>) -> Mistake {
    match mistakes.pop() {
        Some(only) if mistakes.is_empty() => only,
        last => {
            mistakes.extend(last);
            Mistake::Ambiguous(mistakes)
        }
    }
}

fn together(mistakes: impl Iterator<Item = Mistake>) -> Mistake {
    let mut mistakes: Vec<Mistake> = mistakes.collect();
    match mistakes.pop() {
        Some(only) if mistakes.is_empty() => only,
        last => {
            mistakes.extend(last);
            Mistake::Several(mistakes)
        }
    }
}
