//! Our spans in the words that collectors know. The log has shorter ones.

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

/// An exporter behind which spans have their common names.
#[derive(Debug)]
pub(super) struct Shaped<E>(pub(super) E);

impl<E: SpanExporter> SpanExporter for Shaped<E> {
    fn export(
        &self,
        mut batch: Vec<SpanData>,
    ) -> impl std::future::Future<Output = OTelSdkResult> + Send {
        for span in &mut batch {
            reshape(span);
        }
        self.0.export(batch)
    }

    fn shutdown_with_timeout(&self, timeout: std::time::Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

fn reshape(span: &mut SpanData) {
    match &*span.name {
        "request" => {
            span.span_kind = SpanKind::Server;
            if failed(span) {
                span.status = Status::error("");
            }
            let words = [text(span, "method"), text(span, "route")];
            span.name = words.join(" ").into();
            rename(
                span,
                &[
                    ("method", "http.request.method"),
                    ("route", "http.route"),
                    ("status", "http.response.status_code"),
                ],
            );
        }
        "gateway_call" => {
            span.span_kind = SpanKind::Client;
            if !text(span, "code").is_empty() {
                span.status = Status::error(text(span, "code"));
            }
            span.name = text(span, "method").into();
            rename(span, &[("method", "rpc.method"), ("code", "error.type")]);
        }
        _ => {}
    }
}

fn failed(span: &SpanData) -> bool {
    let status = span
        .attributes
        .iter()
        .find(|one| one.key.as_str() == "status");
    status.is_some_and(|status| matches!(status.value, Value::I64(status) if status >= 500))
}

fn text(span: &SpanData, key: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key.as_str() == key);
    found.map_or_else(String::new, |found| found.value.to_string())
}

fn rename(span: &mut SpanData, names: &[(&str, &'static str)]) {
    for KeyValue { key, .. } in &mut span.attributes {
        if let Some((_, name)) = names.iter().find(|(old, _)| key.as_str() == *old) {
            *key = Key::from_static_str(name);
        }
    }
}
