//! A process that places orders, seen from outside.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use smartlinks_core::NewOrder;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::OrderSabotage;

/// A process that says nothing for so long is stuck, and the harness has failed.
const SPEAKS_WITHIN: Duration = Duration::from_secs(120);

/// What a process is told first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Setting {
    pub(super) database: String,
    pub(super) keys: PathBuf,
    pub(super) gateway: String,
    pub(super) sabotage: OrderSabotage,
}

/// What a process is told then, again and again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// Place an order; stand still at this step, once.
    Place {
        now_ms: i64,
        key: String,
        order: Box<NewOrder>,
        stop_at: Option<String>,
    },
    /// Work on what is due.
    Resolve { now_ms: i64 },
    /// Go on from where it stands still: it is that late now. Where it `works`, its worker does what is due before.
    GoOn { now_ms: i64, works: bool },
}

/// What a process says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It has opened the database.
    Ready,
    /// It stands still.
    At { step: String },
    /// The order has a record in this state, or it failed in this way.
    Ended { state: String },
    /// The work is done.
    Done,
}

/// A running process. Dropping it kills it.
pub(super) struct Process {
    child: Child,
    tasks: ChildStdin,
    words: Lines<BufReader<ChildStdout>>,
}

impl Process {
    pub(super) async fn start(program: &Path, setting: &Setting) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("order-child")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("could not start {}", program.display()))?;
        let tasks = child.stdin.take().context("no stdin")?;
        let words = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let mut process = Self {
            child,
            tasks,
            words,
        };
        process.say(setting).await?;
        match process.next().await? {
            Word::Ready => Ok(process),
            other => bail!("a process began with {other:?}"),
        }
    }

    pub(super) async fn say(&mut self, what: &impl Serialize) -> Result<()> {
        let mut line = serde_json::to_string(what)?;
        line.push('\n');
        self.tasks.write_all(line.as_bytes()).await?;
        Ok(())
    }

    /// The next word. Dropping the future loses none.
    pub(super) async fn next(&mut self) -> Result<Word> {
        let line = tokio::time::timeout(SPEAKS_WITHIN, self.words.next_line())
            .await
            .context("a process fell silent")??
            .context("a process ended by itself")?;
        serde_json::from_str(&line).with_context(|| format!("it said `{line}`"))
    }

    /// SIGKILL.
    pub(super) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("could not kill")
    }
}
