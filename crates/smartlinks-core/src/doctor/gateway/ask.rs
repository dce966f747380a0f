//! Asking the gateway now.

use std::sync::{Arc, Mutex, PoisonError};

use aliexpress::{Attempt, Observer, Policy};
use jiff::SignedDuration;

use super::super::finding::Check;
use super::Known;
use super::answer::Answer;
use crate::app::App;

/// Permission group and method of the calls: each takes no account and only reads. The first one also judges key and
/// secret.
const CALLS: [(&str, &str); 2] = [
    ("affiliate", "aliexpress.affiliate.category.get"),
    ("dropshipping", "aliexpress.ds.category.get"),
];

/// One category and no more, for the method that would answer all of them. The other one takes nothing.
const ONE_CATEGORY: (&str, &str) = ("categoryId", "2");

/// Keeps how far the clock was off at the last answer.
#[derive(Default)]
struct Skew(Mutex<Option<SignedDuration>>);

impl Observer for Skew {
    fn attempted(&self, attempt: &Attempt<'_>) {
        if let Some(ahead) = attempt.clock_ahead() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ahead);
        }
    }
}

pub(super) async fn ask(app: &App, about_to: &(dyn Fn(Check) + Sync)) -> Known {
    let skew = Arc::new(Skew::default());
    let client = app
        .client
        .with_policy(Policy::none())
        .with_observer(Arc::<Skew>::clone(&skew));
    let mut known = Known::default();
    for (group, method) in CALLS {
        let params = (group == "dropshipping").then_some(ONE_CATEGORY);
        let result = client.call(method, params).await;
        let answer = Answer::of(&result);
        let first = known.first.get_or_insert_with(|| answer.clone());
        let goes_on = first.accepts_us();
        known.permissions.push((group, answer));
        if !goes_on {
            break;
        }
        about_to(Check::Permissions);
    }
    known.clock_ahead = *skew.0.lock().unwrap_or_else(PoisonError::into_inner);
    if !matches!(known.first, Some(Answer::Silence(..))) {
        about_to(Check::Callback);
        let oauth = client.oauth();
        known.page = Some(oauth.look_at_authorize_page(&app.callback_url).await);
    }
    known
}
