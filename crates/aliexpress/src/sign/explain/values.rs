//! Mistakes in the values: encoded, encoded twice, `+`, timestamps.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil::DateTime};
use url::form_urlencoded;

use super::super::Mistake;
use super::sent::{Sent, Texts, WrongText};

/// How far apart two readings of the clock may be.
const CLOCK_MILLISECONDS: i64 = 50;

/// As a form is encoded: a space as `+`.
pub(super) fn form_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// As `encodeURIComponent` does: it leaves alone what a form does not.
pub(super) fn component_encoded(text: &str) -> String {
    form_encoded(text)
        .replace('+', "%20")
        .replace("%21", "!")
        .replace("%27", "'")
        .replace("%28", "(")
        .replace("%29", ")")
        .replace("%7E", "~")
}

fn rfc3986_encoded(text: &str) -> String {
    form_encoded(text)
        .replace('+', "%20")
        .replace('*', "%2A")
        .replace("%7E", "~")
}

/// The parameters but `sign` as they were sent, `name=value&…`.
pub(super) fn query(sent: &Sent<'_>, encode: fn(&str) -> String) -> String {
    let pairs: Vec<String> = sent
        .params
        .iter()
        .filter(|(name, _)| name != "sign")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

pub(super) fn encoded<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let encoders: [fn(&str) -> String; 5] = [
        form_encoded,
        component_encoded,
        rfc3986_encoded,
        |text| lower_escapes(&component_encoded(text)),
        |text| lower_escapes(&form_encoded(text)),
    ];
    let encoded = encoders.into_iter().filter_map(|encode| {
        let text = sent.text_with(|_, value| Some(encode(value)))?;
        Some(WrongText::new(Mistake::UrlEncodedValues, text))
    });
    let once_more = [true, false].into_iter().filter_map(|plus_is_space| {
        let text = sent.text_with(|_, value| decoded(value, plus_is_space))?;
        Some(WrongText::new(Mistake::EncodedTwice, text))
    });
    Box::new(encoded.chain(once_more))
}

/// The text behind a value that is still percent-encoded.
fn decoded(value: &str, plus_is_space: bool) -> Option<String> {
    if !value.contains('%') {
        return None;
    }
    // The form's rule would turn a `+` into a space and cut at `&`.
    let mut one = value.replace('&', "%26").replace('=', "%3D");
    if !plus_is_space {
        one = one.replace('+', "%2B");
    }
    let (text, _) = form_urlencoded::parse(one.as_bytes()).next()?;
    Some(text.into_owned())
}

/// `%2B` to `%2b`, as some libraries write it.
fn lower_escapes(encoded: &str) -> String {
    let mut left = 0;
    encoded
        .chars()
        .map(|c| {
            if c == '%' {
                left = 2;
                return c;
            }
            if left > 0 {
                left -= 1;
                return c.to_ascii_lowercase();
            }
            c
        })
        .collect()
}

/// Spaces that were a `+` when it was signed: in all values, or in one of them.
pub(super) fn raw_plus<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let names: Vec<&str> = sent
        .pairs
        .iter()
        .filter(|(_, value)| value.contains(' '))
        .map(|(name, _)| *name)
        .collect();
    let all = (!names.is_empty()).then(|| names.clone());
    let single = names.into_iter().map(|name| vec![name]);
    let single = single.filter({
        let several = all.as_ref().is_some_and(|all| all.len() > 1);
        move |_| several
    });
    Box::new(all.into_iter().chain(single).filter_map(|names| {
        let text =
            sent.text_with(|name, value| names.contains(&name).then(|| value.replace(' ', "+")))?;
        let names = names.into_iter().map(str::to_owned).collect();
        Some(WrongText::new(Mistake::RawPlus(names), text))
    }))
}

pub(super) fn timestamps<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let value = sent.value("timestamp").unwrap_or_default();
    let number = value.parse::<i64>().ok();
    let mut known: Vec<(Mistake, String)> = number
        .into_iter()
        .flat_map(|sent| [sent / 1000, sent / 1000 * 1000, sent.saturating_mul(1000)])
        .map(|other| (Mistake::TimestampInSeconds, other.to_string()))
        .collect();
    for other in instants(value).into_iter().flat_map(formats) {
        if !known.iter().any(|(_, known)| *known == other) {
            known.push((Mistake::TimestampOtherFormat, other));
        }
    }
    Box::new(
        known
            .into_iter()
            .filter_map(|(mistake, other)| with_timestamp(sent, mistake, &other)),
    )
}

/// What a timestamp can mean: milliseconds, seconds, ISO text, or local text of Beijing or UTC.
fn instants(value: &str) -> Vec<Timestamp> {
    if let Ok(number) = value.parse::<i64>() {
        let both = [
            Timestamp::from_millisecond(number),
            Timestamp::from_second(number),
        ];
        return both.into_iter().filter_map(Result::ok).collect();
    }
    if let Ok(instant) = value.parse::<Timestamp>() {
        return vec![instant];
    }
    let Ok(local) = value.parse::<DateTime>() else {
        return Vec::new();
    };
    zones()
        .into_iter()
        .filter_map(|zone| local.to_zoned_datetime(zone).ok())
        .map(|zoned| zoned.timestamp())
        .collect()
}

fn zones() -> [TimeZone; 2] {
    let beijing = Offset::constant(8);
    [TimeZone::fixed(beijing), TimeZone::UTC]
}

/// The texts that programs make of an instant.
fn formats(instant: Timestamp) -> Vec<String> {
    let mut texts = vec![
        instant.as_millisecond().to_string(),
        instant.as_second().to_string(),
        format!("{}000", instant.as_second()),
    ];
    for zone in zones() {
        let local = instant.to_zoned_datetime(zone);
        for format in [
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%SZ",
            "%Y-%m-%dT%H:%M:%S",
            "%Y-%m-%dT%H:%M:%S.%3fZ",
            "%Y-%m-%dT%H:%M:%S+00:00",
            "%Y-%m-%dT%H:%M:%S+0000",
            "%Y%m%d%H%M%S",
        ] {
            texts.push(local.strftime(format).to_string());
        }
    }
    texts
}

/// A reading of the clock shortly before or after the one that is sent.
pub(super) fn clock_read_twice<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let number = sent
        .value("timestamp")
        .and_then(|value| value.parse::<i64>().ok());
    let near = number.into_iter().flat_map(|sent| {
        (1..=CLOCK_MILLISECONDS).flat_map(move |off| [sent.checked_sub(off), sent.checked_add(off)])
    });
    Box::new(near.flatten().filter_map(|other| {
        let text = with_timestamp(sent, Mistake::TimestampTakenTwice, &other.to_string())?;
        Some(WrongText {
            thorough: false,
            ..text
        })
    }))
}

fn with_timestamp(sent: &Sent<'_>, mistake: Mistake, other: &str) -> Option<WrongText> {
    let text = sent.text_with(|name, _| (name == "timestamp").then(|| other.to_owned()))?;
    Some(WrongText::new(mistake, text))
}
