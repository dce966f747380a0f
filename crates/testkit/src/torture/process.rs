//! A process under torture, seen from outside.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::sabotage::Sabotage;

/// A process that says nothing for so long is stuck, and the harness has failed.
const SPEAKS_WITHIN: Duration = Duration::from_secs(120);

/// What a process is told first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) database: String,
    pub(super) keys: std::path::PathBuf,
    pub(super) gateway: String,
    pub(super) sabotage: Sabotage,
    /// Length of a lease in seconds of the virtual clock.
    pub(super) lease_s: u64,
}

/// What a process is told then, again and again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// Renew what is due; then use each connection, if `serve`.
    Work {
        now_ms: i64,
        /// Stand still at this step, once.
        stop_at: Option<String>,
        serve: bool,
    },
    /// Go on from where it stands still.
    GoOn,
}

/// What a process says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It has opened the database.
    Ready,
    /// It stands still.
    At { step: String, connection: String },
    /// It has given a token to a caller.
    Handed {
        connection: String,
        generation: i64,
        /// The first 8 hexadecimal digits of the SHA-256 of the access token.
        token: String,
    },
    /// The gateway has answered a call with that token.
    Served { connection: String },
    /// It could not use a connection.
    Failed { connection: String, code: String },
    /// The work is done.
    Done,
}

/// A running process. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    orders: ChildStdin,
    words: Lines<BufReader<ChildStdout>>,
    /// What was told or heard last, for a person who wonders.
    last: String,
}

impl Process {
    pub(super) async fn start(program: &Path, setting: &Setting) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("child")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("could not start {}", program.display()))?;
        let orders = child.stdin.take().context("no stdin")?;
        let words = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let mut process = Self {
            child,
            orders,
            words,
            last: "nothing".to_owned(),
        };
        process.say(setting).await?;
        match process.next().await? {
            Word::Ready => Ok(process),
            other => bail!("a process began with {other:?}"),
        }
    }

    pub(super) async fn order(&mut self, order: &Order) -> Result<()> {
        self.last = format!("told {order:?}");
        self.say(order).await
    }

    async fn say(&mut self, what: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_string(what)?;
        line.push('\n');
        self.orders.write_all(line.as_bytes()).await?;
        Ok(())
    }

    /// The next word. Dropping the future loses none.
    pub(super) async fn next(&mut self) -> Result<Word> {
        let line = tokio::time::timeout(SPEAKS_WITHIN, self.words.next_line())
            .await
            .with_context(|| format!("a process fell silent; last: {}", self.last))??
            .with_context(|| format!("a process ended by itself; last: {}", self.last))?;
        let word = serde_json::from_str(&line).with_context(|| format!("it said `{line}`"))?;
        self.last = format!("heard {word:?}");
        Ok(word)
    }

    /// SIGKILL. Gives what it had still said.
    pub(super) async fn kill(mut self) -> Result<Vec<Word>> {
        self.child.kill().await.context("could not kill")?;
        let mut rest = Vec::new();
        while let Some(line) = self.words.next_line().await? {
            // The last line may be cut.
            rest.extend(serde_json::from_str::<Word>(&line));
        }
        Ok(rest)
    }
}
