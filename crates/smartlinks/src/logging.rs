//! The log: to stderr, one line an event, whatever stands in the values.

use std::io::{self, IsTerminal as _, Write};

use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::TryInitError;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::LogSettings;
use crate::output::Output;
use crate::telemetry::Export;

/// Writes whole paths at `trace`, and the path of a link for merchants is its secret. No filter brings it back.
const TELLS_ADDRESSES: &str = "tower_http::csrf";

/// Whether a filter can be read.
pub(crate) fn check(filter: &str) -> Result<(), String> {
    EnvFilter::builder()
        .parse(filter)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Whose log it is: that decides what holds where nobody chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A server: every request is told; JSON unless a person looks on.
    Server,
    /// A command: warnings, among the words for the person.
    Command,
}

impl Whose {
    const fn filter(self) -> &'static str {
        match self {
            Self::Server => "info",
            Self::Command => "warn",
        }
    }

    fn json(self, chosen: Option<bool>) -> bool {
        chosen.unwrap_or(self == Self::Server && !io::stderr().is_terminal())
    }
}

/// Starts the log, and the tracing beside it where traces are exported.
pub(crate) fn start(settings: &LogSettings, whose: Whose, export: Option<&Export>, output: Output) {
    let filter = EnvFilter::new(settings.filter.as_deref().unwrap_or(whose.filter()));
    let registry = tracing_subscriber::registry().with(filter_fn(|line| {
        !line.target().starts_with(TELLS_ADDRESSES)
    }));
    let json = whose.json(settings.json);
    let started: Result<(), TryInitError> = match (export, json) {
        (None, true) => registry.with(filter).with(json_lines()).try_init(),
        (None, false) => registry.with(filter).with(text_lines(output)).try_init(),
        // Each with its own filter: a quiet log loses no spans.
        (Some(export), true) => registry
            .with(export.layer())
            .with(json_lines().with_filter(filter))
            .try_init(),
        (Some(export), false) => registry
            .with(export.layer())
            .with(text_lines(output).with_filter(filter))
            .try_init(),
    };
    if let Err(error) = started {
        output.warn(&format!("the log could not be started: {error}"));
    }
}

fn json_lines<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        // There is one span around a line, the request.
        .with_span_list(false)
        .with_writer(io::stderr)
}

fn text_lines<S>(output: Output) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer()
        .with_ansi(output.colors())
        .with_writer(OneLine {
            colors: output.colors(),
        })
}

/// Makes writers that keep an event on one line: a nickname with a line end in it must not be able to write a log
/// line of its own. (JSON encodes by itself.)
struct OneLine {
    colors: bool,
}

impl<'a> MakeWriter<'a> for OneLine {
    type Writer = OneLineWriter;

    fn make_writer(&'a self) -> Self::Writer {
        OneLineWriter {
            colors: self.colors,
        }
    }
}

struct OneLineWriter {
    colors: bool,
}

impl Write for OneLineWriter {
    /// The formatter hands over one whole event with its line end.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = escaped(text.strip_suffix('\n').unwrap_or(&text), self.colors);
        let mut stderr = io::stderr().lock();
        stderr.write_all(line.as_bytes())?;
        stderr.write_all(b"\n")?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Control characters written out. The escape character is the formatter's own where it colours, and is escaped by
/// it in values then.
fn escaped(line: &str, colors: bool) -> String {
    let mut text = String::with_capacity(line.len());
    for character in line.chars() {
        if character.is_control() && !(colors && character == '\x1b') {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_begin_a_line() {
        assert_eq!(
            escaped("nick=a\nERROR forged\r\x1b[2K", false),
            "nick=a\\nERROR forged\\r\\u{1b}[2K"
        );
    }

    #[test]
    fn filters_are_checked() {
        assert!(check("info,sqlx=warn").is_ok());
        assert!(check("info,=,sqlx=loud").is_err());
    }
}
