//! `auth login`: the whole sign-in at once.
//!
//! It listens only when the registered callback is a free address of this machine. Otherwise the answer of AliExpress
//! goes elsewhere, and the person pastes the address that the browser ended on.

use std::io::{BufRead as _, IsTerminal as _};
use std::time::Duration;

use smartlinks_core::{ConnectionView, Core, LoginResult, LoginStarted};
use tokio::sync::mpsc;

use super::begin;
use super::receiver::Receiver;
use crate::cli::LoginArgs;
use crate::commands::{Session, connections};
use crate::failure::{Exit, Failure};

/// How often the database is asked whether a server has received the answer.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// As long as a started sign-in is good for.
const PATIENCE: Duration = Duration::from_secs(600);

pub(super) async fn run(
    login: LoginArgs,
    no_browser: bool,
    session: &Session,
) -> Result<(), Failure> {
    let started = session.core.begin_login(begin(login)).await?;
    let callback = &session.core.app().ready()?.callback_url;
    let receiver = Receiver::at(callback).await;
    let output = session.output;
    output.say(&format!(
        "Open this address and approve:\n\n  {}\n",
        started.url
    ));
    if !no_browser && std::io::stderr().is_terminal() && webbrowser::open(&started.url).is_err() {
        output.say("(no browser could be opened here)");
    }
    output.say(if receiver.is_some() {
        "Waiting for the answer. In a browser on another machine: paste the address that it ends on."
    } else {
        "Then paste the address that the browser ends on (or the code in it)."
    });
    let connection =
        match tokio::time::timeout(PATIENCE, answer(&session.core, receiver, &started)).await {
            Ok(answer) => answer?,
            Err(_) => {
                return Err(Failure::new(
                    Exit::SignIn,
                    "expired_state",
                    "nobody approved within ten minutes",
                )
                .hint("Run `smartlinks auth login` again."));
            }
        };
    output.data(&connection, |connection| {
        connections::one(connection, session.core.now())
    })
}

/// Whichever comes first: the browser, or what is pasted.
async fn answer(
    core: &Core,
    receiver: Option<Receiver>,
    started: &LoginStarted,
) -> Result<ConnectionView, Failure> {
    let mut lines = typed_lines();
    let Some(receiver) = receiver else {
        return answer_elsewhere(core, &mut lines, started).await;
    };
    let received = receiver.receive(core, &started.state);
    tokio::pin!(received);
    tokio::select! {
        answer = &mut received => answer,
        pasted = pasted(core, &mut lines) => match pasted {
            Some(answer) => answer,
            // Nobody can paste here; the browser still can answer.
            None => received.await,
        },
    }
}

/// The callback is not ours to listen on: what is pasted, or what a server over the same database has received.
async fn answer_elsewhere(
    core: &Core,
    lines: &mut mpsc::Receiver<String>,
    started: &LoginStarted,
) -> Result<ConnectionView, Failure> {
    let finished = async {
        loop {
            match core.login_result(&started.state).await? {
                None => tokio::time::sleep(LOOK_AGAIN).await,
                Some(LoginResult::Connected(connection)) => return Ok(*connection),
                Some(LoginResult::Refused { code, description }) => {
                    let told = description
                        .map(|text| format!(": {text}"))
                        .unwrap_or_default();
                    return Err(Failure::new(
                        Exit::SignIn,
                        "refused",
                        format!("the sign-in was refused ({code}){told}"),
                    )
                    .hint("Run `smartlinks auth login` again."));
                }
            }
        }
    };
    tokio::select! {
        ended = finished => ended,
        pasted = pasted(core, lines) => pasted.unwrap_or_else(|| {
            Err(Failure::new(Exit::SignIn, "nothing_pasted", "stdin ended before an address or code was pasted")
                .hint("Run `smartlinks auth url`, and give the address that the browser ends on to `smartlinks auth exchange`."))
        }),
    }
}

/// Exchanges the first line that is not empty; `None` when stdin ends before.
async fn pasted(
    core: &Core,
    lines: &mut mpsc::Receiver<String>,
) -> Option<Result<ConnectionView, Failure>> {
    loop {
        let line = lines.recv().await?;
        if !line.trim().is_empty() {
            return Some(
                core.exchange_pasted(&line, None)
                    .await
                    .map_err(Failure::from),
            );
        }
    }
}

/// Lines of stdin. Read on a thread of their own that nobody waits for: a read that waits for a person cannot be
/// called off, and must not keep the process from ending when the browser was faster.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
