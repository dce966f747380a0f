//! The numbers of `/metrics`, under the same names, as instruments of OpenTelemetry.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{self as otel, Meter};
use smartlinks_core::metrics::{ALL, DURATION_BUCKETS};

/// Gives each number to its instrument.
pub(super) struct OtlpRecorder {
    meter: Meter,
    counters: Mutex<HashMap<String, otel::Counter<u64>>>,
    gauges: Mutex<HashMap<String, otel::Gauge<f64>>>,
    histograms: Mutex<HashMap<String, otel::Histogram<f64>>>,
}

impl OtlpRecorder {
    pub(super) fn new(meter: Meter) -> Self {
        Self {
            meter,
            counters: Mutex::default(),
            gauges: Mutex::default(),
            histograms: Mutex::default(),
        }
    }
}

/// One instrument, made at its first use.
fn instrument<I: Clone>(
    made: &Mutex<HashMap<String, I>>,
    name: &str,
    make: impl FnOnce(String) -> I,
) -> I {
    let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = made.get(name) {
        return found.clone();
    }
    let new = make(name.to_owned());
    made.insert(name.to_owned(), new.clone());
    new
}

fn help(name: &str) -> &'static str {
    let described = ALL.iter().find(|metric| metric.name == name);
    described.map_or("", |metric| metric.help)
}

fn labels(key: &Key) -> Vec<KeyValue> {
    key.labels()
        .map(|label| KeyValue::new(label.key().to_owned(), label.value().to_owned()))
        .collect()
}

impl Recorder for OtlpRecorder {
    // What a metric says stands in the list of all metrics.
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let instrument = instrument(&self.counters, key.name(), |name| {
            let help = help(&name);
            self.meter.u64_counter(name).with_description(help).build()
        });
        Counter::from_arc(Arc::new(Series(instrument, labels(key))))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let instrument = instrument(&self.gauges, key.name(), |name| {
            let help = help(&name);
            self.meter.f64_gauge(name).with_description(help).build()
        });
        Gauge::from_arc(Arc::new(Series(instrument, labels(key))))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let instrument = instrument(&self.histograms, key.name(), |name| {
            let help = help(&name);
            let histogram = self.meter.f64_histogram(name).with_description(help);
            histogram
                .with_unit("s")
                .with_boundaries(DURATION_BUCKETS.to_vec())
                .build()
        });
        Histogram::from_arc(Arc::new(Series(instrument, labels(key))))
    }
}

/// An instrument with the labels of one series.
struct Series<I>(I, Vec<KeyValue>);

impl CounterFn for Series<otel::Counter<u64>> {
    fn increment(&self, value: u64) {
        self.0.add(value, &self.1);
    }

    /// A counter of OpenTelemetry only adds, and nothing of ours sets one.
    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Series<otel::Gauge<f64>> {
    /// A gauge of OpenTelemetry is only set, and nothing of ours adds to one.
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, value: f64) {
        self.0.record(value, &self.1);
    }
}

impl HistogramFn for Series<otel::Histogram<f64>> {
    fn record(&self, value: f64) {
        self.0.record(value, &self.1);
    }
}
