//! What the use cases say of an input that they refuse, in the page's language.
//!
//! They say it in English. Here each sentence is known by its fixed words; what it names is put into the page's own
//! sentence. One that is not known is shown as it is, as English.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::{Arg, Key};
use crate::page::views::Frame;

/// The sentences of the use cases, `{}` for what they name, with ours.
#[rustfmt::skip]
const SENTENCES: [(&str, Key); 69] = [
    ("{} only sends on to a product, and we do not follow it; open it in a browser and take the address that it leads to", Key::WrongShortLink),
    ("{} is a page of AliExpress, not one of an item", Key::WrongOtherPage),
    ("{} is neither an AliExpress product number nor the address of an item", Key::WrongProduct),
    ("{} is neither a product number nor the address of a product", Key::WrongProduct),
    ("{} is no product number", Key::WrongProduct),
    ("{} is not the number of a variant", Key::WrongVariant),
    ("{} is no number of a variant", Key::WrongVariant),
    ("is empty", Key::WrongEmpty),
    ("is longer than {} characters", Key::WrongLong),
    ("holds a line break or another control character", Key::WrongControl),
    ("holds a control character", Key::WrongControl),
    ("{} has a comma, which stands between labels in files", Key::WrongComma),
    ("{} labels; a product has at most {}", Key::WrongLabels),
    ("{} is not an ISO 4217 code such as EUR", Key::WrongCurrency),
    ("expected an ISO 4217 code such as EUR", Key::WrongCurrencyCode),
    ("is the same currency as `from`", Key::WrongSameCurrency),
    ("{} is not a number above 0 and up to {} with a point and up to {} decimals", Key::WrongRate),
    ("expected 0 to 95 per cent of the price", Key::WrongRuleMargin),
    ("expected a distance above zero and an ending below it", Key::WrongRounding),
    ("expected 1 to 50 steps", Key::WrongSteps),
    ("expected 0 to 10,000 per cent with up to 4 decimals", Key::WrongPercent),
    ("expected rising amounts, and none in the last step", Key::WrongRising),
    ("expected an amount from 0 to 1,000,000,000 with up to {} decimals", Key::WrongAmount),
    ("expected 0 to 1000000000", Key::WrongMoney),
    ("missing field `{}`", Key::WrongMissing),
    ("another rule is called {}", Key::WrongRuleName),
    ("there are {} price rules already; delete one that is not used", Key::WrongManyRules),
    ("products have the rule {} as their own: {}; give them another one first", Key::WrongRuleUsed),
    ("{} was applied before; make a new dry run", Key::WrongApplied),
    ("somebody else changed the rule at this moment; look at it again", Key::WrongOvertaken),
    ("others change the product at this moment; repeat the request", Key::WrongOvertaken),
    ("holds no product for this destination at the moment", Key::WrongFeedEmpty),
    ("there is no feed {}", Key::WrongFeed),
    ("expected the name of a feed", Key::WrongFeedName),
    ("{} is not between {} and {}", Key::WrongBetween),
    ("{} is not a whole number", Key::WrongWhole),
    (r#"holds characters that are not UTF-8; save the file as "CSV UTF-8""#, Key::WrongEncoding),
    ("the file is larger than {} KiB; make several files of it", Key::WrongFileLarge),
    ("this column stands twice", Key::WrongColumnTwice),
    ("this column is missing: it holds the product's number or address", Key::WrongColumnMissing),
    ("this column is missing", Key::WrongColumnMissing),
    ("{} is not a column of this file; product, skus, labels and rule are", Key::WrongColumn),
    ("{} is not a column of this file", Key::WrongColumn),
    ("has {} cells, the header has {}; a cell with a separator in it needs quotes", Key::WrongCells),
    ("has {} cells, the header has {}", Key::WrongCells),
    ("line {} names this product already", Key::WrongTwice),
    ("{} products; {} are the most", Key::WrongManyProducts),
    ("{} orders; {} are the most", Key::WrongManyOrders),
    ("no product stands below the header", Key::WrongNoProduct),
    ("names no product, and there is neither `csv` nor `feed`", Key::WrongNoProduct),
    ("no order stands below the header", Key::WrongNoOrder),
    ("there is no price rule {}", Key::WrongNoRule),
    ("{} is no whole number from 1 to 9999", Key::WrongQuantity),
    ("expected 1 to 9999", Key::WrongQuantityRange),
    ("{} is neither yes nor no", Key::WrongYesNo),
    ("{} is no whole number of days", Key::WrongDays),
    ("{} is not a number here: write 12.50 or 12,50, without currency and thousands separators", Key::WrongNumber),
    ("expected a code of two capital letters, such as FR", Key::WrongCountry),
    ("{} has more than {} characters, or one that cannot be printed", Key::WrongAddressLong),
    ("expected 256 characters at most, and none that cannot be printed", Key::WrongMemo),
    ("expected 0 or more per cent", Key::WrongDrift),
    ("each line needs an expected_price to be compared with", Key::WrongDriftPrice),
    ("expected 0 per cent or more, and less than 100", Key::WrongMargin),
    ("the minimum margin needs what the goods were sold for", Key::WrongMarginPrice),
    ("{} is not a number from 0 to 10000", Key::WrongThreshold),
    ("has more than {} variants or products; take a part of it, for example by a label", Key::WrongManyVariants),
    ("this order came of another intent", Key::WrongOtherIntent),
    ("expected the number of the order, or one for each store", Key::WrongOrderNumbers),
    ("{} is not an AliExpress order number (16 digits or so)", Key::WrongOrderNumber),
];

/// The fields that a sentence may name at its beginning, with their labels.
const FIELDS: [(&str, Key); 13] = [
    ("name", Key::RuleName),
    ("currency", Key::RuleCurrency),
    ("min_profit", Key::RuleMinProfit),
    ("min_margin", Key::RuleMinMargin),
    ("rounding.every", Key::RuleEvery),
    ("rounding.ending", Key::RuleEnding),
    ("from", Key::RateFrom),
    ("to", Key::RateTo),
    ("labels", Key::CatalogueLabels),
    ("title", Key::CatalogueYourTitle),
    ("own_code", Key::CatalogueOwnCode),
    ("most", Key::ImportsMost),
    ("feed", Key::ImportsFeedName),
];
/// What is said of long numbers that a spreadsheet has shortened.
const SPOILT: &str = "; a spreadsheet has shortened it";
/// What is said before a sentence about labels.
const OF_ALL: &str = "with the labels of all lines: ";

/// A sentence in the page's language, or as it is.
#[derive(Debug, Template)]
#[template(
    source = r#"{% if known %}{{ text }}{% else %}<span lang="en">{{ text }}</span>{% endif %}"#,
    ext = "html"
)]
pub(crate) struct Reason {
    text: String,
    known: bool,
}

impl HtmlSafe for Reason {}

impl Frame {
    /// What a use case says of an input, in the page's language where it has words for it.
    pub(crate) fn said(&self, sentence: &str) -> Reason {
        match self.words_for(sentence) {
            Some(text) => Reason { text, known: true },
            None => Reason {
                text: sentence.to_owned(),
                known: false,
            },
        }
    }

    fn words_for(&self, sentence: &str) -> Option<String> {
        let (place, sentence) = self.place_of(sentence);
        let sentence = sentence.strip_prefix(OF_ALL).unwrap_or(sentence);
        let (sentence, spoilt) = match sentence.split_once(SPOILT) {
            Some((sentence, _)) => (sentence, true),
            None => (sentence, false),
        };
        let words = match SENTENCES
            .iter()
            .find_map(|(pattern, key)| Some((key, named(pattern, sentence)?)))
        {
            Some((key, named)) => self.sentence(*key, &named),
            None if ["ecimal", "Failed to parse"]
                .iter()
                .any(|part| sentence.contains(part)) =>
            {
                self.t(Key::WrongDecimal)
            }
            None => return None,
        };
        let hint = spoilt.then(|| self.t(Key::WrongSpoilt));
        let words = [Some(words), hint]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        Some(match place {
            Some(place) => format!("{place} · {words}"),
            None => words,
        })
    }

    fn sentence(&self, key: Key, named: &[&str]) -> String {
        let value = |at: usize| {
            let text = named.get(at).copied().unwrap_or_default();
            Arg::Text(text.trim_matches('"').to_owned())
        };
        let values = [("a", value(0)), ("b", value(1)), ("c", value(2))];
        self.texts().with(key, values)
    }

    /// The label of the field that a sentence begins with, and the rest of it.
    fn place_of<'s>(&self, sentence: &'s str) -> (Option<String>, &'s str) {
        let (mut place, mut rest) = (None, sentence);
        while let Some((field, behind)) = rest.split_once(": ") {
            let fits = |letter: char| {
                letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.[]".contains(letter)
            };
            let is_line = field
                .strip_prefix("line ")
                .is_some_and(|number| number.parse::<u32>().is_ok());
            if !is_line && !field.chars().all(fits) {
                break;
            }
            let step = field
                .strip_prefix("steps[")
                .and_then(|rest| rest.split(']').next());
            let step = step.and_then(|number| number.parse::<i64>().ok());
            let label = FIELDS.iter().find(|(known, _)| *known == field);
            if let Some(step) = step {
                place = Some(self.t1(Key::WrongStep, "number", step + 1));
            } else if let Some((_, key)) = label {
                place = Some(self.t(*key));
            }
            rest = behind;
        }
        (place, rest)
    }
}

/// What a sentence names, when it is of this pattern.
fn named<'s>(pattern: &str, sentence: &'s str) -> Option<Vec<&'s str>> {
    let mut parts = pattern.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let (mut named, mut parts) = (Vec::new(), parts.peekable());
    while let Some(part) = parts.next() {
        let end = match (part.is_empty(), parts.peek().is_none()) {
            (true, _) => rest.len(),
            // What is named may hold the words that follow it.
            (false, true) => rest.strip_suffix(part)?.len(),
            (false, false) => rest.find(part)?,
        };
        let (name, behind) = rest.split_at_checked(end)?;
        named.push(name);
        rest = behind.strip_prefix(part)?;
    }
    rest.is_empty().then_some(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::i18n::Locale;

    fn frame(locale: Locale) -> Frame {
        Frame {
            locale,
            now_ms: 0,
            sandbox: false,
            path: String::new(),
            can_sign_out: false,
            notice: None,
        }
    }

    #[test]
    fn every_sentence_is_told_from_the_others_and_keeps_what_it_names() {
        for locale in Locale::ALL {
            for (pattern, key) in SENTENCES {
                let mut names = ["\"seven\"", "678", "679"].into_iter();
                let mut parts = pattern.split("{}");
                let mut sentence = parts.next().unwrap_or_default().to_owned();
                for part in parts {
                    sentence += names.next().unwrap_or_default();
                    sentence += part;
                }
                let named = named(pattern, &sentence).unwrap_or_default();
                let wanted = frame(locale).sentence(key, &named);
                let said = frame(locale).said(&sentence);
                assert!(said.known, "{sentence}");
                assert_eq!(said.text, wanted, "{sentence}");
                let values = crate::page::i18n::Texts::of(locale).get(key);
                for (name, value) in [("{$a}", "seven"), ("{$b}", "678"), ("{$c}", "679")] {
                    assert_eq!(
                        values.contains(name),
                        wanted.contains(value),
                        "{values}: {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_place_is_named_by_its_label() {
        let french = frame(Locale::Fr);
        let said = french
            .said("rule: steps[1].percent: expected 0 to 10,000 per cent with up to 4 decimals");
        assert!(
            said.text.starts_with("Palier 2 · Écrivez de 0 à"),
            "{}",
            said.text
        );
        let said = french.said("name: is empty");
        assert!(said.text.ends_with(" · C’est vide."), "{}", said.text);
        let said = french.said("line 2: expected 1 to 9999");
        assert_eq!(said.text, "Écrivez un nombre entier de 1 à 9999.");
        let said = french
            .said("\"1.005E+15\" is no number of a variant; a spreadsheet has shortened it: so");
        assert!(said.text.contains("1.005E+15 n’est pas") && said.text.contains("tableur"));
        let said = french.said("something else");
        assert!(!said.known && said.text == "something else");
    }
}
