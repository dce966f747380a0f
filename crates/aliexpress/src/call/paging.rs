//! Page after page of a method, as a stream.

use std::future::Future;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};

use crate::Error;

/// A gateway that never says "that was all" is not believed beyond this many pages.
const MOST_PAGES: i64 = 1_000_000;

/// A request whose answer is one page of several.
pub(crate) trait Paged: Sized + Send + Sync + 'static {
    type Page: Send + 'static;
    type Row: Send + 'static;
    /// How the next page is named.
    type Turn: Send + 'static;

    /// Business code that means "nothing (more) there".
    const END_CODE: Option<&'static str> = None;

    fn fetch(&self) -> impl Future<Output = Result<Self::Page, Error>> + Send;
    fn rows(page: &Self::Page) -> usize;
    fn into_rows(page: Self::Page) -> Vec<Self::Row>;
    /// Where the request stands at first.
    fn start(&self) -> Self::Turn;
    /// Moves the request to a page.
    fn turn(&mut self, to: &Self::Turn);
    /// What comes after `page`.
    fn next(turn: Self::Turn, page: &Self::Page) -> Step<Self::Turn>;
}

/// What to do with a page, and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step<T> {
    /// It was the last one.
    Last,
    /// Go on there.
    On(T),
    /// Its rows were seen before: drop it and ask there.
    Instead(T),
}

/// The pages of `request`, each asked for when the one before it was taken.
pub(crate) fn pages<R: Paged>(
    request: R,
) -> impl Stream<Item = Result<R::Page, Error>> + Send + 'static {
    let start = request.start();
    stream::try_unfold(Some((request, start)), |state| async move {
        let Some((mut request, mut turn)) = state else {
            return Ok(None);
        };
        loop {
            request.turn(&turn);
            let page = match request.fetch().await {
                Ok(page) => page,
                Err(error) if is_end::<R>(&error) => return Ok(None),
                Err(error) => return Err(error),
            };
            match R::next(turn, &page) {
                Step::Last => return Ok(Some((page, None))),
                Step::On(next) => return Ok(Some((page, Some((request, next))))),
                Step::Instead(next) => turn = next,
            }
        }
    })
}

/// The rows of all pages.
pub(crate) fn items<R: Paged>(
    request: R,
) -> impl Stream<Item = Result<R::Row, Error>> + Send + 'static {
    pages(request)
        .map_ok(|page| stream::iter(R::into_rows(page)).map(Ok))
        .try_flatten()
}

fn is_end<R: Paged>(error: &Error) -> bool {
    matches!((error, R::END_CODE), (Error::Business(error), Some(code)) if error.code == code)
}

/// Pages that are counted.
#[derive(Debug, Clone)]
pub(crate) struct ByPage {
    page: i64,
    /// Rows before this page, as far as is known.
    seen: i64,
}

impl ByPage {
    pub(crate) fn at(page: Option<i64>) -> Self {
        Self {
            page: page.unwrap_or(1).max(1),
            seen: 0,
        }
    }

    pub(crate) fn page(&self) -> i64 {
        self.page
    }

    pub(crate) fn next(
        mut self,
        rows: usize,
        total: Option<i64>,
        finished: Option<bool>,
    ) -> Step<Self> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        if self.seen == 0 && self.page > 1 {
            // Entered in the middle: the pages before were as full as this one.
            self.seen = (self.page - 1).saturating_mul(rows);
        }
        self.seen = self.seen.saturating_add(rows);
        let is_last = rows == 0
            || finished == Some(true)
            || total.is_some_and(|total| self.seen >= total)
            || self.page >= MOST_PAGES;
        self.page += 1;
        if is_last { Step::Last } else { Step::On(self) }
    }
}

/// Pages whose answer names the next one.
#[derive(Debug, Clone)]
pub(crate) struct ByCursor {
    cursor: Option<String>,
}

impl ByCursor {
    pub(crate) fn at(cursor: Option<String>) -> Self {
        Self { cursor }
    }

    pub(crate) fn cursor(&self) -> Option<String> {
        self.cursor.clone()
    }

    pub(crate) fn next(self, rows: usize, next: Option<String>) -> Step<Self> {
        let moves = next.is_some() && next != self.cursor;
        if rows > 0 && moves {
            Step::On(Self { cursor: next })
        } else {
            Step::Last
        }
    }
}

/// Pages that go on from an index. Sources disagree whether the largest or the smallest of a page leads on. The largest
/// is tried first; when what comes is not beyond it, the smallest leads on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ByIndex {
    cursor: Option<String>,
    /// The ends of the last page that was new.
    before: Option<(Index, Index)>,
    direction: Direction,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Not yet known: upwards on trial.
    Trial,
    Up,
    Down,
}

/// An index: digits of any length, or some other text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Index(String);

impl Index {
    /// Larger numbers are longer or, at the same length, later in the alphabet.
    fn is_after(&self, other: &Self) -> bool {
        (self.0.len(), &self.0) > (other.0.len(), &other.0)
    }
}

impl ByIndex {
    pub(crate) fn at(cursor: Option<String>) -> Self {
        Self {
            cursor,
            before: None,
            direction: Direction::Trial,
        }
    }

    pub(crate) fn cursor(&self) -> Option<String> {
        self.cursor.clone()
    }

    pub(crate) fn next(
        self,
        rows: usize,
        smallest: Option<String>,
        largest: Option<String>,
    ) -> Step<Self> {
        let (Some(smallest), Some(largest)) = (smallest.map(Index), largest.map(Index)) else {
            return Step::Last;
        };
        let Some(before) = &self.before else {
            return match rows {
                0 => Step::Last,
                _ => Step::On(self.beyond(smallest, largest, Direction::Trial)),
            };
        };
        let above = rows > 0 && smallest.is_after(&before.1);
        let below = rows > 0 && before.0.is_after(&largest);
        match self.direction {
            Direction::Trial | Direction::Up if above => {
                Step::On(self.beyond(smallest, largest, Direction::Up))
            }
            Direction::Down if below => Step::On(self.beyond(smallest, largest, Direction::Down)),
            Direction::Trial => {
                let (low, high) = before.clone();
                Step::Instead(self.beyond(low, high, Direction::Down))
            }
            Direction::Up | Direction::Down => Step::Last,
        }
    }

    fn beyond(self, smallest: Index, largest: Index, direction: Direction) -> Self {
        let end = match direction {
            Direction::Down => &smallest,
            Direction::Trial | Direction::Up => &largest,
        };
        Self {
            cursor: Some(end.0.clone()),
            before: Some((smallest, largest)),
            direction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn walk(pages: &[(&str, &str)]) -> Vec<String> {
        let mut turn = ByIndex::at(None);
        let mut asked = Vec::new();
        for (low, high) in pages {
            match turn.next(1, some(low), some(high)) {
                Step::Last => {
                    asked.push("last".to_owned());
                    break;
                }
                Step::On(next) => {
                    asked.push(next.cursor().unwrap());
                    turn = next;
                }
                Step::Instead(next) => {
                    asked.push(format!("instead {}", next.cursor().unwrap()));
                    turn = next;
                }
            }
        }
        asked
    }

    #[test]
    fn indexes_lead_on_upwards_or_downwards() {
        assert_eq!(
            walk(&[("1", "5"), ("6", "10"), ("11", "12")]),
            ["5", "10", "12"]
        );
        assert_eq!(
            walk(&[("95", "99"), ("94", "98"), ("90", "94"), ("88", "89")]),
            ["99", "instead 95", "90", "88"]
        );
    }

    #[test]
    fn an_index_that_does_not_move_ends_the_walk() {
        assert_eq!(
            walk(&[("1", "5"), ("1", "5"), ("1", "5")]),
            ["5", "instead 1", "last"]
        );
    }

    #[test]
    fn counted_pages_end_by_total_by_flag_or_by_emptiness() {
        let at = |rows, total, finished| ByPage::at(None).next(rows, total, finished);
        assert!(matches!(at(2, Some(2), None), Step::Last));
        assert!(matches!(at(2, Some(3), None), Step::On(next) if next.page() == 2));
        assert!(matches!(at(2, None, Some(true)), Step::Last));
        assert!(matches!(at(0, None, None), Step::Last));
        let entered = ByPage::at(Some(3)).next(10, Some(30), None);
        assert!(
            matches!(entered, Step::Last),
            "20 rows stand before the third page"
        );
    }

    #[test]
    fn a_cursor_that_stands_still_ends_the_walk() {
        let at = ByCursor::at(some("a"));
        assert!(matches!(at.clone().next(1, some("a")), Step::Last));
        assert!(matches!(at.clone().next(1, None), Step::Last));
        assert!(matches!(at.next(1, some("b")), Step::On(_)));
    }
}
