//! Traces and metrics to an OpenTelemetry collector, for `serve`. Asked for by the standard variables
//! (`OTEL_EXPORTER_OTLP_ENDPOINT` and its kin), built in by the feature `otlp`.

use tokio::runtime::Handle;

use crate::environment::Environment;
use crate::output::Output;

#[cfg(not(feature = "otlp"))]
mod absent;
#[cfg(feature = "otlp")]
mod export;
#[cfg(feature = "otlp")]
mod recorder;
#[cfg(feature = "otlp")]
mod shape;
#[cfg(feature = "otlp")]
mod transport;

#[cfg(not(feature = "otlp"))]
pub(crate) use absent::Export;
#[cfg(feature = "otlp")]
pub(crate) use export::Export;

/// Where both go.
const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// What the environment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The variable that asks.
    pub(crate) variable: &'static str,
    /// Spans go out.
    pub(crate) traces: bool,
    /// Numbers go out.
    pub(crate) metrics: bool,
}

impl Asked {
    /// None when nothing is asked for, or everything is switched off.
    pub(crate) fn of(environment: &Environment) -> Option<Self> {
        let is = |name, value: &str| {
            let found = environment.filled(name);
            found.is_some_and(|found| found.trim().eq_ignore_ascii_case(value))
        };
        if is("OTEL_SDK_DISABLED", "true") {
            return None;
        }
        let endpoint = |own: &'static str, exporter| {
            let named = [ENDPOINT, own]
                .into_iter()
                .find(|name| environment.filled(name).is_some());
            named.filter(|_| !is(exporter, "none"))
        };
        let traces = endpoint("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER");
        let metrics = endpoint(
            "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
            "OTEL_METRICS_EXPORTER",
        );
        Some(Self {
            variable: traces.or(metrics)?,
            traces: traces.is_some(),
            metrics: metrics.is_some(),
        })
    }
}

/// Starts the export where it is asked for. A collector that cannot be used never keeps a server from starting: it costs
/// one line.
pub(crate) fn start(environment: &Environment, runtime: &Handle, output: Output) -> Option<Export> {
    let asked = Asked::of(environment)?;
    match Export::start(asked, environment, runtime) {
        Ok(export) => Some(export),
        Err(why) => {
            output.warn(&format!("{}: {why}", asked.variable));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(variables: &[(&str, &str)]) -> Option<(&'static str, bool, bool)> {
        let environment: Environment = variables.iter().copied().collect();
        Asked::of(&environment).map(|asked| (asked.variable, asked.traces, asked.metrics))
    }

    #[test]
    fn the_standard_variables_decide() {
        let there = "http://127.0.0.1:4318";
        let traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
        assert_eq!(asked(&[]), None);
        assert_eq!(asked(&[(ENDPOINT, " ")]), None);
        assert_eq!(asked(&[(ENDPOINT, there)]), Some((ENDPOINT, true, true)));
        assert_eq!(asked(&[(traces, there)]), Some((traces, true, false)));
        let off = ("OTEL_TRACES_EXPORTER", "none");
        assert_eq!(
            asked(&[(ENDPOINT, there), off]),
            Some((ENDPOINT, false, true))
        );
        let off = ("OTEL_SDK_DISABLED", "TRUE");
        assert_eq!(asked(&[(ENDPOINT, there), off]), None);
    }
}
