//! How a person writes a length of time: `90m`, `12h`, `7d`, `8w`, `1y`.

use jiff::SignedDuration;

/// More than a century; what is longer was not meant.
const LONGEST_HOURS: i64 = 1_000_000;

/// So many minutes, hours, days, weeks or years of 365 days. None for anything else.
pub(crate) fn so_long(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let minutes = match unit {
        "m" => 1,
        "h" => 60,
        "d" => 24 * 60,
        "w" => 7 * 24 * 60,
        "y" => 365 * 24 * 60,
        _ => return None,
    };
    let number: i64 = number.parse::<u32>().ok()?.into();
    let length = SignedDuration::from_mins(number.checked_mul(minutes)?);
    (length <= SignedDuration::from_hours(LONGEST_HOURS)).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit() {
        let hours = |text: &str| so_long(text).map(|length| length.as_hours());
        assert_eq!(so_long("90m"), Some(SignedDuration::from_mins(90)));
        assert_eq!(hours("12h"), Some(12));
        assert_eq!(hours("7d"), Some(7 * 24));
        assert_eq!(hours("8w"), Some(8 * 7 * 24));
        assert_eq!(hours("1y"), Some(365 * 24));
        for wrong in [
            "",
            "7",
            "d",
            "-7d",
            "1.5h",
            "7 d",
            "7é",
            "4000000000y",
            "1000y",
        ] {
            assert_eq!(so_long(wrong), None, "{wrong}");
        }
    }
}
