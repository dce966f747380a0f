//! The two languages of titles and pages.

/// Language of an answer or a page. Everything that is not French is answered in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    French,
}

impl Language {
    /// Reads `fr`, `fr_FR`, `FR` and the like.
    pub(crate) fn from_code(code: &str) -> Self {
        let french = code
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("fr"))
            && code[2..]
                .chars()
                .next()
                .is_none_or(|next| !next.is_alphanumeric());
        if french { Self::French } else { Self::English }
    }

    /// Reads an `Accept-Language` header: the wanted language with the highest weight wins.
    pub(crate) fn from_accept_language(header: &str) -> Self {
        let mut best = (0, Self::English);
        for range in header.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1000, thousandths);
            let language = Self::from_code(tag);
            let spoken = language == Self::French || tag.starts_with("en") || tag == "*";
            if spoken && weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Language tag for the `lang` attribute.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The text of the two that is in this language.
    pub(crate) const fn pick<'a>(self, english: &'a str, french: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::French => french,
        }
    }

    /// Sign between thousands and decimal sign.
    pub(crate) const fn number_signs(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (",", "."),
            Self::French => (" ", ","),
        }
    }

    /// Short name of a month, 1 to 12.
    pub(crate) fn month(self, month: i8) -> &'static str {
        const ENGLISH: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        const FRENCH: [&str; 12] = [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ];
        let names = match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        };
        usize::try_from(month - 1)
            .ok()
            .and_then(|index| names.get(index))
            .copied()
            .unwrap_or("")
    }
}

/// A weight such as `0.8` in thousandths.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    format!("{whole}{digits}").parse().unwrap_or(0)
}

/// Lower case without accents, so that `Lampe`, `lampe` and `LAMPÉ` are one word.
pub(crate) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ý' | 'ÿ' => 'y',
            other => other,
        })
        .collect()
}

/// The folded words of a text.
pub(crate) fn words(text: &str) -> Vec<String> {
    folded(text)
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_spoken_language_wins() {
        for (header, language) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Language::French),
            ("en-US,en;q=0.9,fr;q=0.8", Language::English),
            ("de,fr;q=0.5", Language::French),
            ("fr;q=0.1, en;q=0.2", Language::English),
            ("", Language::English),
            ("frisian", Language::English),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }

    #[test]
    fn words_lose_case_and_accents() {
        assert_eq!(
            words("Étui & «Coque» de téléphone"),
            ["etui", "coque", "de", "telephone"]
        );
    }
}
