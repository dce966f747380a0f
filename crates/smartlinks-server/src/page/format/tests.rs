use super::*;

/// 23 November 2026, 12:00 UTC.
const NOW: i64 = 1_795_435_200_000;

fn english() -> Formats {
    Formats::new(Locale::En, NOW)
}

fn french() -> Formats {
    Formats::new(Locale::Fr, NOW)
}

#[test]
fn deadlines_are_rounded_to_the_safe_side() {
    for (left, expected) in [
        (30 * SECOND, "within a minute"),
        (MINUTE, "in 1 minute"),
        (2 * HOUR - 1, "in 119 minutes"),
        (2 * HOUR, "in 2 hours"),
        (2 * DAY - 1, "in 47 hours"),
        (29 * DAY + 23 * HOUR, "in 29 days"),
        (0, "just now"),
        (-30 * SECOND, "just now"),
        (-MINUTE, "1 minute ago"),
        (-3 * HOUR, "3 hours ago"),
        (-1_500 * DAY, "1,500 days ago"),
    ] {
        assert_eq!(english().relative(NOW + left), expected);
    }
    assert_eq!(french().relative(NOW + 29 * DAY), "dans 29 jours");
    assert_eq!(french().relative(NOW - MINUTE), "il y a 1 minute");
}

#[test]
fn dates_are_written_in_the_language_and_in_utc() {
    let at = NOW + 60 * DAY + 2 * HOUR + 5 * MINUTE;
    assert_eq!(english().absolute(at), "22 January 2027, 14:05 UTC");
    assert_eq!(french().absolute(at), "22 janvier 2027 à 14:05 UTC");
    assert_eq!(english().day(at), "22 January");
    assert_eq!(french().day(NOW + 8 * DAY), "1er décembre");
    assert_eq!(english().day(NOW + 400 * DAY), "28 December 2027");
    assert_eq!(english().iso(at), "2027-01-22T14:05:00Z");
}

#[test]
fn a_moment_outside_the_calendar_is_left_out() {
    assert_eq!(english().absolute(i64::MAX), "");
    assert_eq!(english().iso(i64::MIN), "");
    assert!(!english().relative(i64::MIN).is_empty());
}

#[test]
fn amounts_keep_every_digit_and_their_currency() {
    for (amount, currency, in_english, in_french) in [
        ("12.9", "EUR", "€12.90", "12,90\u{a0}€"),
        ("1299", "USD", "US$1,299.00", "1\u{202f}299,00\u{a0}$US"),
        ("0.005", "GBP", "£0.005", "0,005\u{a0}£"),
        ("-3.50", "EUR", "€-3.50", "-3,50\u{a0}€"),
        ("12500", "XAF", "XAF\u{a0}12,500", "12\u{202f}500\u{a0}XAF"),
        ("1299.00", "JPY", "JPY\u{a0}1,299", "1\u{202f}299\u{a0}JPY"),
        ("10-20", "EUR", "€10-20", "10-20\u{a0}€"),
    ] {
        assert_eq!(english().money(amount, currency), in_english);
        assert_eq!(french().money(amount, currency), in_french);
    }
}

#[test]
fn countries_are_sorted_by_their_name_in_the_language() {
    let names = |locale| -> Vec<String> {
        places::countries(Texts::of(locale), "FR")
            .into_iter()
            .map(|(_, name)| name)
            .collect()
    };
    let french = names(Locale::Fr);
    let position = |name: &str| french.iter().position(|one| one == name);
    assert!(position("Émirats arabes unis") < position("Espagne"));
    assert!(position("Espagne") < position("États-Unis"));
    assert_eq!(places::country(Texts::of(Locale::En), "ZZ"), "ZZ");
    assert!(
        places::countries(Texts::of(Locale::En), "ZZ")
            .iter()
            .any(|(code, _)| code == "ZZ")
    );
}
