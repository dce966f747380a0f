//! What a process prints, collected as it comes.

use std::io::Read;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Result, bail};

/// Both streams of a process in one text, in the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct Output {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    /// Where the text of the process that runs now begins.
    current_from: usize,
    open_streams: u8,
}

impl Output {
    /// Collects from now on what this process prints.
    pub(super) fn follow(self: &Arc<Self>, child: &mut Child) {
        {
            // Streams of a former process are still counted until they are read to their end.
            let mut state = self.state();
            state.current_from = state.bytes.len();
        }
        if let Some(stream) = child.stdout.take() {
            self.collect(stream);
        }
        if let Some(stream) = child.stderr.take() {
            self.collect(stream);
        }
    }

    /// All of it, over all processes followed.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.state().bytes).into_owned()
    }

    /// Waits until `find` finds something in what the present process has printed.
    pub(super) fn wait_for<T>(
        &self,
        what: &str,
        within: Duration,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T> {
        let look =
            |state: &State| find(&String::from_utf8_lossy(&state.bytes[state.current_from..]));
        let waiting = |state: &mut State| state.open_streams > 0 && look(state).is_none();
        let (state, _) = self
            .changed
            .wait_timeout_while(self.state(), within, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        let Some(found) = look(&state) else {
            let end = if state.open_streams == 0 {
                "it ended"
            } else {
                "it went on in silence"
            };
            bail!(
                "smartlinks did not print `{what}`, {end}:\n{}",
                String::from_utf8_lossy(&state.bytes)
            );
        };
        Ok(found)
    }

    fn collect(self: &Arc<Self>, mut stream: impl Read + Send + 'static) {
        self.state().open_streams += 1;
        let output = Arc::clone(self);
        // Ends with the process, whose end closes the stream.
        thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = stream.read(&mut piece) {
                output.state().bytes.extend_from_slice(&piece[..length]);
                output.changed.notify_all();
            }
            let mut state = output.state();
            state.open_streams = state.open_streams.saturating_sub(1);
            output.changed.notify_all();
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn run(script: &str) -> (Arc<Output>, Child) {
        let output = Arc::<Output>::default();
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        output.follow(&mut child);
        (output, child)
    }

    #[test]
    fn both_streams_are_collected() {
        let (output, mut child) = run("echo out; echo err >&2");
        for word in ["out", "err"] {
            output
                .wait_for(word, Duration::from_secs(30), |text| {
                    text.contains(word).then_some(())
                })
                .unwrap();
        }
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_ends_is_not_waited_for() {
        let (output, mut child) = run("echo bad luck >&2; exit 3");
        let error = output
            .wait_for("page", Duration::from_secs(600), |_| None::<()>)
            .unwrap_err();
        assert!(error.to_string().contains("it ended:\nbad luck"), "{error}");
        child.wait().unwrap();
    }
}
