//! The two pipelines: spans in batches, numbers at an interval. Both have threads of their own and a bounded queue, so
//! that a collector that is slow or away costs spans and never a request.

use std::sync::Arc;
use std::time::Duration;

use metrics::Recorder;
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{
    ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig as _,
    WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use super::Asked;
use super::recorder::OtlpRecorder;
use super::shape::Shaped;
use super::transport::Collector;
use crate::environment::Environment;

const NAME: &str = "smartlinks";
/// How long the last spans and numbers may take at the end.
const LAST_WITHIN: Duration = Duration::from_secs(3);
/// How often numbers go out where nobody chose.
const EVERY: Duration = Duration::from_secs(60);
/// The spans that go out. Nothing else does: not those of other libraries, and no log lines.
const SPANS: [&str; 3] = ["request", "gateway_call", "refresh"];

/// An export under way.
pub(crate) struct Export {
    traces: Option<SdkTracerProvider>,
    metrics: Option<SdkMeterProvider>,
    interval: Duration,
}

impl Export {
    /// Builds what is asked for. The words of a failure hold no address: a password may stand in it.
    pub(crate) fn start(
        asked: Asked,
        environment: &Environment,
        runtime: &Handle,
    ) -> Result<Self, String> {
        let collector = Collector::new(runtime.clone())
            .ok_or("no HTTP client could be made; nothing is exported")?;
        let collector = Arc::new(collector);
        let resource = resource(environment);
        let interval = environment
            .filled("OTEL_METRIC_EXPORT_INTERVAL")
            .and_then(|text| text.trim().parse().ok())
            .filter(|millis| *millis > 0)
            .map_or(EVERY, Duration::from_millis);
        let unusable = |_: ExporterBuildError| {
            "the address of the collector cannot be used; it looks like http://127.0.0.1:4318. Nothing is exported"
                .to_owned()
        };
        let traces = asked.traces.then(|| traces(&collector, resource.clone()));
        let metrics = asked
            .metrics
            .then(|| metrics(&collector, resource, interval));
        Ok(Self {
            traces: traces.transpose().map_err(unusable)?,
            metrics: metrics.transpose().map_err(unusable)?,
            interval,
        })
    }

    /// What notes spans. Has a filter of its own: what is logged decides nothing about what is traced.
    pub(crate) fn layer<S>(&self) -> Option<impl Layer<S> + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let tracer = self.traces.as_ref()?.tracer(NAME);
        let layer = tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false);
        Some(layer.with_filter(filter_fn(is_ours).with_max_level_hint(LevelFilter::DEBUG)))
    }

    /// Where numbers go too.
    pub(crate) fn recorder(&self) -> Option<Arc<dyn Recorder + Send + Sync>> {
        let meter = self.metrics.as_ref()?.meter(NAME);
        Some(Arc::new(OtlpRecorder::new(meter)))
    }

    /// How often the numbers that come from the database are wanted.
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.metrics.as_ref().map(|_| self.interval)
    }

    /// Sends what is left, as far as that does not take long.
    pub(crate) async fn finish(self) {
        let sent = spawn_blocking(move || {
            let traces = self.traces.is_none_or(|traces| traces.shutdown().is_ok());
            let metrics = self
                .metrics
                .is_none_or(|metrics| metrics.shutdown().is_ok());
            traces && metrics
        });
        match timeout(LAST_WITHIN, sent).await {
            Ok(Ok(true)) => {}
            _ => tracing::warn!("the last traces or metrics did not reach the collector"),
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let ours = target.starts_with("smartlinks") || target.starts_with("aliexpress");
    metadata.is_span() && ours && SPANS.contains(&metadata.name())
}

fn traces(
    collector: &Arc<Collector>,
    resource: Resource,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_shared_http_client(collector.clone())
        .build()?;
    Ok(SdkTracerProvider::builder()
        .with_resource(resource)
        .with_batch_exporter(Shaped(exporter))
        .build())
}

fn metrics(
    collector: &Arc<Collector>,
    resource: Resource,
    interval: Duration,
) -> Result<SdkMeterProvider, ExporterBuildError> {
    let exporter = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_shared_http_client(collector.clone())
        .build()?;
    let reader = PeriodicReader::builder(exporter).with_interval(interval);
    Ok(SdkMeterProvider::builder()
        .with_resource(resource)
        .with_reader(reader.build())
        .build())
}

/// Who we are. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` are read by the library.
fn resource(environment: &Environment) -> Resource {
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder().with_attribute(version);
    let named = |variable, word: &str| {
        environment
            .filled(variable)
            .is_some_and(|text| text.contains(word))
    };
    if named("OTEL_SERVICE_NAME", "") || named("OTEL_RESOURCE_ATTRIBUTES", "service.name=") {
        resource.build()
    } else {
        resource.with_service_name(NAME).build()
    }
}
