//! Writing names in the letters that carriers print.

/// Letters and what they become, in small letters.
#[rustfmt::skip]
const LETTERS: &[(char, &str)] = &[
    // Latin with marks.
    ('à', "a"), ('á', "a"), ('â', "a"), ('ä', "a"), ('ã', "a"), ('å', "a"), ('ā', "a"), ('ă', "a"), ('ą', "a"),
    ('æ', "ae"), ('ç', "c"), ('ć', "c"), ('č', "c"), ('ď', "d"), ('đ', "d"), ('ð', "d"),
    ('è', "e"), ('é', "e"), ('ê', "e"), ('ë', "e"), ('ē', "e"), ('ė', "e"), ('ę', "e"), ('ě', "e"),
    ('ğ', "g"), ('ģ', "g"), ('ì', "i"), ('í', "i"), ('î', "i"), ('ï', "i"), ('ī', "i"), ('į', "i"), ('ı', "i"),
    ('ķ', "k"), ('ł', "l"), ('ľ', "l"), ('ļ', "l"), ('ñ', "n"), ('ń', "n"), ('ň', "n"), ('ņ', "n"),
    ('ò', "o"), ('ó', "o"), ('ô', "o"), ('ö', "o"), ('õ', "o"), ('ø', "o"), ('ő', "o"), ('ō', "o"), ('œ', "oe"),
    ('ř', "r"), ('ŕ', "r"), ('ś', "s"), ('š', "s"), ('ş', "s"), ('ș', "s"), ('ß', "ss"),
    ('ť', "t"), ('ț', "t"), ('ţ', "t"), ('þ', "th"),
    ('ù', "u"), ('ú', "u"), ('û', "u"), ('ü', "u"), ('ū', "u"), ('ů', "u"), ('ű', "u"), ('ų', "u"),
    ('ý', "y"), ('ÿ', "y"), ('ź', "z"), ('ż', "z"), ('ž', "z"),
    // Cyrillic.
    ('а', "a"), ('б', "b"), ('в', "v"), ('г', "g"), ('ґ', "g"), ('д', "d"), ('е', "e"), ('ё', "e"), ('є', "ie"),
    ('ж', "zh"), ('з', "z"), ('и', "i"), ('і', "i"), ('ї', "i"), ('й', "i"), ('к', "k"), ('л', "l"), ('м', "m"),
    ('н', "n"), ('о', "o"), ('п', "p"), ('р', "r"), ('с', "s"), ('т', "t"), ('у', "u"), ('ў', "u"), ('ф', "f"),
    ('х', "kh"), ('ц', "ts"), ('ч', "ch"), ('ш', "sh"), ('щ', "shch"), ('ъ', ""), ('ы', "y"), ('ь', ""),
    ('э', "e"), ('ю', "iu"), ('я', "ia"),
    // Greek.
    ('α', "a"), ('ά', "a"), ('β', "v"), ('γ', "g"), ('δ', "d"), ('ε', "e"), ('έ', "e"), ('ζ', "z"), ('η', "i"),
    ('ή', "i"), ('θ', "th"), ('ι', "i"), ('ί', "i"), ('ϊ', "i"), ('κ', "k"), ('λ', "l"), ('μ', "m"), ('ν', "n"),
    ('ξ', "x"), ('ο', "o"), ('ό', "o"), ('π', "p"), ('ρ', "r"), ('σ', "s"), ('ς', "s"), ('τ', "t"), ('υ', "y"),
    ('ύ', "y"), ('φ', "f"), ('χ', "ch"), ('ψ', "ps"), ('ω', "o"), ('ώ', "o"),
];

fn replaced(small: char) -> Option<&'static str> {
    let mut letters = LETTERS.iter();
    letters
        .find(|(letter, _)| *letter == small)
        .map(|(_, latin)| *latin)
}

/// Whether a letter is of the Latin alphabet, with or without marks.
fn is_latin(letter: char) -> bool {
    matches!(letter, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Whether a text has letters of another alphabet.
pub(super) fn has_other_letters(text: &str) -> bool {
    text.chars()
        .any(|letter| letter.is_alphabetic() && !is_latin(letter))
}

/// Whether all letters are those of English.
pub(super) fn is_english(text: &str) -> bool {
    text.chars()
        .all(|letter| !letter.is_alphabetic() || letter.is_ascii())
}

/// The text in the letters of English; none when a letter of it is not known here.
pub(super) fn in_english_letters(text: &str) -> Option<String> {
    let mut latin = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii() || !letter.is_alphabetic() {
            latin.push(letter);
            continue;
        }
        let mut small = letter.to_lowercase();
        let spelled = replaced(small.next()?)?;
        if letter.is_uppercase() {
            let mut letters = spelled.chars();
            latin.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            latin.push_str(letters.as_str());
        } else {
            latin.push_str(spelled);
        }
    }
    Some(latin)
}

/// A name as it is compared: without accents, case and outer blanks.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for small in text.trim().chars().flat_map(char::to_lowercase) {
        match replaced(small).filter(|_| is_latin(small)) {
            Some(latin) => folded.push_str(latin),
            None => folded.push(small),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_spelled_and_what_is_not_is_left_to_a_person() {
        for (text, latin) in [
            ("José Núñez", Some("Jose Nunez")),
            ("Щербаков Пётр", Some("Shcherbakov Petr")),
            ("Ελένη", Some("Eleni")),
            ("12, rue de l'Été", Some("12, rue de l'Ete")),
            ("王伟", None),
            ("محمد", None),
        ] {
            assert_eq!(in_english_letters(text).as_deref(), latin, "{text}");
        }
        assert!(has_other_letters("Пётр") && has_other_letters("王伟"));
        assert!(!has_other_letters("José 12-3"));
        assert!(is_english("Jean-Luc 2") && !is_english("José"));
        assert_eq!(folded(" Île-de-France "), "ile-de-france");
    }
}
