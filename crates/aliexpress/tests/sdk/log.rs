//! What the SDK says in its log.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use super::support::*;

/// Keeps the warnings, each as its fields.
#[derive(Clone, Default)]
struct Warnings(Arc<Mutex<Vec<String>>>);

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(String::new());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

#[test]
fn a_withdrawn_method_is_warned_about_and_sent() {
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), || {
        for method in [
            "aliexpress.trade.buy.placeorder",
            "aliexpress.ds.add.info",
            "aliexpress.ds.category.get",
            "aliexpress.never.heard.of",
        ] {
            let canned = Canned::body(r#"{"x_response":{"a":1}}"#);
            run(account(canned.clone()).call(method, [("a", "b")])).unwrap();
            assert_eq!(
                value_of(&canned.request(), "method").as_deref(),
                Some(method)
            );
        }
    });
    let warnings = warnings.0.lock().unwrap();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("api=\"aliexpress.trade.buy.placeorder\""));
    assert!(warnings[0].contains("replacement=\"aliexpress.ds.order.create\""));
    assert!(warnings[1].contains("without replacement"));
}
