//! A program that runs until it is told to end.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::{CANARY, Home};

/// A machine under load takes its time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with its sandbox, on free ports.
pub(crate) const DEMO: [&str; 6] = [
    "serve",
    "--sandbox",
    "--listen",
    "127.0.0.1:0",
    "--sandbox-listen",
    "127.0.0.1:0",
];

/// A running program. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: mpsc::Receiver<(Stream, String)>,
    seen: Vec<(Stream, String)>,
    readers: Vec<JoinHandle<()>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Server {
    pub(crate) fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(arguments);
        let streams = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = streams.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let readers = vec![
            follow(Stream::Out, child.stdout.take().unwrap(), sender.clone()),
            follow(Stream::Err, child.stderr.take().unwrap(), sender),
        ];
        let stdin = child.stdin.take();
        Self {
            child,
            stdin,
            lines,
            seen: Vec::new(),
            readers,
        }
    }

    /// What stands behind a word on the first line of a stream that begins with it.
    pub(crate) fn wait_for(&mut self, stream: Stream, word: &str) -> String {
        let line = self.wait(stream, word, |line| line.starts_with(word));
        line[word.len()..].trim().to_owned()
    }

    /// Waits for a line with some words anywhere in it.
    pub(crate) fn wait_until(&mut self, stream: Stream, words: &str) {
        self.wait(stream, words, |line| line.contains(words));
    }

    fn wait(&mut self, stream: Stream, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        let mut looked_at = 0;
        loop {
            let found = self.seen[looked_at..]
                .iter()
                .find(|(from, line)| *from == stream && is_it(line));
            if let Some((_, line)) = found {
                return line.clone();
            }
            looked_at = self.seen.len();
            let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
                panic!("no line with `{what}`: {:#?}", self.seen);
            };
            self.seen.push(line);
        }
    }

    /// Types a line.
    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$1\" \"$2\"", "sh", name])
            .arg(self.child.id().to_string())
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: exit code, and everything it printed.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        drop(self.stdin.take());
        let code = self.child.wait().unwrap().code();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        self.seen.extend(self.lines.try_iter());
        let text: String = self
            .seen
            .iter()
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        assert!(!text.contains(CANARY), "the app secret was shown:\n{text}");
        (code, text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(
    stream: Stream,
    from: impl Read + Send + 'static,
    to: mpsc::Sender<(Stream, String)>,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send((stream, line)).is_err() {
                return;
            }
        }
    })
}
