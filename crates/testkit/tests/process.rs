//! The real binary as a process: start, kill, restart, stop.

use std::time::Duration;

use anyhow::Result;
use testkit::server::ServiceProcess;

#[tokio::test]
async fn the_service_starts_is_killed_restarts_at_the_same_address_and_stops() -> Result<()> {
    let mut service = ServiceProcess::sandboxed()?;
    let page = service.page().to_owned();
    let sandbox = service.sandbox()?.to_owned();
    let visitor = service.visitor()?;
    visitor.get("/aliexpress").await?.expect_status(200)?;
    service
        .sandbox_visitor()?
        .get("/_sandbox/state")
        .await?
        .expect_status(200)?
        .json()?;

    service.kill()?;
    assert!(
        visitor.get("/aliexpress").await.is_err(),
        "a killed service answers"
    );

    service.restart()?;
    assert_eq!(service.page(), page);
    assert_eq!(service.sandbox()?, sandbox);
    visitor.get("/aliexpress").await?.expect_status(200)?;
    let lines = service.output();
    assert_eq!(
        lines.matches("page: http://").count(),
        2,
        "output is kept over a restart:\n{lines}"
    );

    let status = service.stop()?;
    assert!(status.success(), "{status}:\n{}", service.output());
    Ok(())
}

#[tokio::test]
async fn a_start_that_fails_shows_what_was_printed() {
    let error = testkit::server::Service::sandboxed()
        .argument("--no-such-flag")
        .start()
        .unwrap_err();
    assert!(error.to_string().contains("--no-such-flag"), "{error}");
}

#[tokio::test]
async fn words_that_never_come_are_not_waited_for_forever() -> Result<()> {
    let service = ServiceProcess::sandboxed()?;
    let error = service
        .wait_for_output("no such words", Duration::from_millis(300))
        .unwrap_err();
    assert!(
        error.to_string().contains("it went on in silence"),
        "{error}"
    );
    Ok(())
}
