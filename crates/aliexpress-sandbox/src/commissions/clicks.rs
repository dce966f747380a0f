//! Clicks on promotion links.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

/// Newest clicks that are kept.
const MOST_KEPT: usize = 1000;
/// Longest parameter that is kept, in bytes.
const LONGEST_PARAMETER: usize = 100;
/// The parameters that a publisher may hang onto a link, and that come back in its order rows.
const PARAMETERS: [&str; 4] = ["af", "cn", "cv", "dp"];

/// Someone followed a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Click {
    pub(crate) id: i64,
    pub(crate) at_ms: i64,
    pub(crate) tracking_id: String,
    /// None when the link leads to another page than a product's.
    pub(crate) product_id: Option<i64>,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// The newest clicks, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Clicks {
    counted: i64,
    kept: VecDeque<Click>,
}

impl Clicks {
    /// Notes a click and returns its number. Unknown and overlong parameters are left out.
    pub(crate) fn record(
        &mut self,
        tracking_id: &str,
        product_id: Option<i64>,
        parameters: impl Iterator<Item = (String, String)>,
        at_ms: i64,
    ) -> i64 {
        self.counted += 1;
        let known = |(name, value): &(String, String)| {
            PARAMETERS.contains(&name.as_str()) && value.len() <= LONGEST_PARAMETER
        };
        self.kept.push_back(Click {
            id: self.counted,
            at_ms,
            tracking_id: tracking_id.to_owned(),
            product_id,
            parameters: parameters.filter(known).collect(),
        });
        if self.kept.len() > MOST_KEPT {
            self.kept.pop_front();
        }
        self.counted
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Click> {
        self.kept.iter().find(|click| click.id == id)
    }

    /// Newest first.
    pub(crate) fn newest(&self) -> impl Iterator<Item = &Click> {
        self.kept.iter().rev()
    }

    /// All that ever were.
    pub(crate) const fn total(&self) -> i64 {
        self.counted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_clicks_make_room_and_numbers_go_on() {
        let mut clicks = Clicks::default();
        for at_ms in 0..=1000 {
            clicks.record("a", None, std::iter::empty(), at_ms);
        }
        assert_eq!(clicks.newest().count(), 1000);
        assert_eq!(clicks.total(), 1001);
        assert!(clicks.get(1).is_none());
        assert_eq!(clicks.newest().next().unwrap().id, 1001);
    }

    #[test]
    fn only_known_parameters_of_sane_length_are_kept() {
        let mut clicks = Clicks::default();
        let given = [("af", "campaign"), ("x", "y"), ("cv", &"z".repeat(101))]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let id = clicks.record("a", Some(1), given.into_iter(), 0);
        let kept = &clicks.get(id).unwrap().parameters;
        assert_eq!(kept.len(), 1);
        assert_eq!(kept["af"], "campaign");
    }
}
