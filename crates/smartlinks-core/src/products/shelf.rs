//! Lists of AliExpress that change rarely and stand on every page: categories and feeds. They are asked for once a
//! day and language.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{CategoryView, FeedView};
use crate::error::Result;
use crate::service::Core;

/// How long a list is shown.
const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// What was last answered.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    categories: Kept<CategoryView>,
    feeds: Kept<FeedView>,
}

/// Lists by language.
#[derive(Debug)]
struct Kept<T>(Mutex<HashMap<String, Answered<T>>>);

/// A list, and when it was given.
type Answered<T> = (Timestamp, Arc<[T]>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<T> Kept<T> {
    fn fresh(&self, language: &str, now: Timestamp) -> Option<Arc<[T]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, list) = kept.get(language)?;
        let age = now.duration_since(*at);
        // A clock that was put back says nothing about the age.
        (!age.is_negative() && age < KEPT).then(|| Arc::clone(list))
    }

    fn keep(&self, language: &str, now: Timestamp, list: Vec<T>) -> Arc<[T]> {
        let list: Arc<[T]> = list.into();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(language.to_owned(), (now, Arc::clone(&list)));
        list
    }
}

impl Core {
    /// All categories in a language, at most a day old.
    ///
    /// # Errors
    /// As [`Core::categories`] when they are not known yet.
    pub async fn known_categories(&self, language: &str) -> Result<Arc<[CategoryView]>> {
        let shelf = &self.inner.shelf.categories;
        if let Some(known) = shelf.fresh(language, self.now()) {
            return Ok(known);
        }
        let found = self.categories(Some(language), None).await?;
        Ok(shelf.keep(language, self.now(), found))
    }

    /// The feeds there are, at most a day old.
    ///
    /// # Errors
    /// As [`Core::feeds`] when they are not known yet.
    pub async fn known_feeds(&self) -> Result<Arc<[FeedView]>> {
        let shelf = &self.inner.shelf.feeds;
        if let Some(known) = shelf.fresh("", self.now()) {
            return Ok(known);
        }
        let found = self.feeds(None).await?;
        Ok(shelf.keep("", self.now(), found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_kept_for_a_day_and_for_its_language() {
        let kept = Kept::default();
        let noon: Timestamp = "2026-01-05T12:00:00Z".parse().expect("a moment");
        assert_eq!(kept.fresh("fr", noon), None);
        kept.keep("fr", noon, vec![1]);
        let after = |hours| noon + SignedDuration::from_hours(hours);
        assert_eq!(kept.fresh("fr", after(23)).as_deref(), Some(&[1][..]));
        for (language, at) in [("en", noon), ("fr", after(24)), ("fr", after(-1))] {
            assert_eq!(kept.fresh(language, at), None, "{language} {at}");
        }
    }
}
