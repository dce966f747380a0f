//! One imported product over time: what it has cost, and everything that happened to it.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::deeds::Named;
use crate::page::views::upstream::encode;
use crate::page::views::{DriftLine, Frame, Price, Tab, Tone, WaitingVariant};

/// `GET /aliexpress/catalogue/{id}/history`
#[derive(Debug, Clone, Template)]
#[template(path = "product_history.html")]
pub struct ProductHistoryPage {
    /// What every page carries.
    pub frame: Frame,
    /// `prod_…`
    pub id: String,
    /// The merchant's title.
    pub name: String,
    /// `listed`, `held` or `unpublished`.
    pub state: String,
    /// What AliExpress last said of it, a stable word.
    pub availability: String,
    /// When AliExpress was last asked. Milliseconds.
    pub checked_ms: Option<i64>,
    /// When it is asked next. Milliseconds.
    pub next_check_ms: Option<i64>,
    /// Why it could not be asked the last time.
    pub problem: Option<String>,
    /// Variants of it that wait for a person.
    pub waiting: Vec<WaitingVariant>,
    /// The variants that can be looked at: number, and what it is.
    pub variants: Vec<(String, String)>,
    /// What the chosen variant has cost.
    pub course: Option<CourseView>,
    /// What has happened, the latest first.
    pub changes: Vec<DriftLine>,
    /// The value of `after` for the page that follows.
    pub next: Option<String>,
}

/// What a variant has cost.
#[derive(Debug, Clone)]
pub struct CourseView {
    /// Number of the variant.
    pub sku: String,
    /// The steps, the oldest first.
    pub points: Vec<CoursePoint>,
    /// The least and the most that it has cost.
    pub range: Option<(Price, Price)>,
}

/// From a moment on.
#[derive(Debug, Clone)]
pub struct CoursePoint {
    /// The moment. Milliseconds.
    pub at_ms: i64,
    /// What it cost since.
    pub cost: Price,
    /// How high that is between the least and the most, in thousandths.
    pub level: i64,
}

/// How wide the drawing is, and where its highest and its lowest line lie.
const WIDTH: i64 = 240;
const TOP: i64 = 6;
const FLOOR: i64 = 54;

impl CourseView {
    /// The steps from the first moment to now, in units of the drawing.
    fn path(&self, now_ms: i64) -> String {
        let Some(first) = self.points.first().map(|point| point.at_ms) else {
            return String::new();
        };
        let span = (now_ms - first).max(1);
        let mut path = String::new();
        for point in &self.points {
            let x = (point.at_ms - first).clamp(0, span) * WIDTH / span;
            let y = FLOOR - point.level.clamp(0, 1000) * (FLOOR - TOP) / 1000;
            path.push_str(&match path.is_empty() {
                true => format!("M{x} {y}"),
                false => format!("H{x}V{y}"),
            });
        }
        path.push_str("H240");
        path
    }
}

impl ProductHistoryPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.name.clone()
    }

    fn state_tone(&self) -> Tone {
        match self.state.as_str() {
            "listed" => Tone::Good,
            "held" => Tone::Warn,
            _ => Tone::Idle,
        }
    }

    fn is_held(&self) -> bool {
        self.state == "held"
    }

    fn availability_tone(&self) -> Tone {
        match self.availability.as_str() {
            "on_sale" => Tone::Good,
            _ => Tone::Bad,
        }
    }

    fn why(&self) -> Option<Named<'_>> {
        let problem = self.problem.as_deref();
        problem.map(|problem| self.frame.reason(problem))
    }

    fn place(&self, deed: &str) -> String {
        format!("/aliexpress/catalogue/{}/{deed}", encode(&self.id))
    }

    fn is_shown(&self, sku: &str) -> bool {
        let shown = self.course.as_ref();
        shown.is_some_and(|course| course.sku == sku)
    }

    fn of_variant(&self, sku: &str) -> String {
        format!("{}?sku={}", self.place("history"), encode(sku))
    }

    fn older(&self, after: &str) -> String {
        format!("{}?after={}", self.place("history"), encode(after))
    }

    fn line_of(&self, course: &CourseView) -> String {
        course.path(self.frame.now_ms)
    }

    /// From the least to the most that it has cost.
    fn range(&self, course: &CourseView) -> String {
        match &course.range {
            Some((least, most)) if least.amount == most.amount => self.frame.money(most),
            Some((least, most)) => {
                format!("{} – {}", self.frame.money(least), self.frame.money(most))
            }
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(points: &[(i64, i64)]) -> CourseView {
        let point = |(at_ms, level): &(i64, i64)| CoursePoint {
            at_ms: *at_ms,
            cost: Price {
                amount: "1".to_owned(),
                currency: "EUR".to_owned(),
            },
            level: *level,
        };
        CourseView {
            sku: "1".to_owned(),
            points: points.iter().map(point).collect(),
            range: None,
        }
    }

    #[test]
    fn a_line_goes_by_steps_from_its_beginning_to_now() {
        let line = course(&[(0, 0), (500, 1000), (900, 500)]).path(1000);
        assert_eq!(line, "M0 54H120V6H216V30H240");
        assert_eq!(course(&[(7, 500)]).path(7), "M0 30H240");
        assert_eq!(course(&[]).path(7), "");
    }
}
