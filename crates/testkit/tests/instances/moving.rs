//! From one server on SQLite to several on PostgreSQL, by the commands that a person types.

use std::process::Output;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::database::{TestDatabase, on_postgres};
use testkit::server::{Service, ServiceProcess};

use super::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_moves_from_sqlite_to_postgresql_and_its_account_goes_on() -> Result<()> {
    on_postgres(moves).await
}

async fn moves(database: TestDatabase) -> Result<()> {
    let world = World::on(database).await?;
    let data = world.folder.path().join("data");
    let beside = |arguments: &'static [&'static str]| {
        let (world, data) = (&world, data.display().to_string());
        async move {
            let all = [arguments, &["--data-dir", &data, "--json"]].concat();
            world.command_without_database(&all).await
        }
    };
    let code = world.control("codes", &serde_json::json!({})).await?["code"].clone();
    let code: &'static str = code.as_str().context("no code")?.to_owned().leak();
    let exchange: &'static [&'static str] = vec!["auth", "exchange", code].leak();
    let id = json_of(&beside(exchange).await?, 0)?["id"].clone();

    let to_file = world.folder.path().join("database-url");
    std::fs::write(&to_file, world.database.url())?;
    let to_file: &'static str = to_file.display().to_string().leak();
    let copy: &'static [&'static str] = vec!["db", "copy", "--to-file", to_file].leak();
    let serving = serve_sqlite(&world, &data).await?;
    let in_use = beside(copy).await?;
    ensure!(error_of(&in_use)?["code"] == "storage_in_use", "{in_use:?}");
    drop(serving);

    let copied = json_of(&beside(copy).await?, 0)?;
    let tables = copied["tables"].as_array().context("no tables")?;
    let rows = tables.iter().find(|table| table["name"] == "connections");
    ensure!(rows.is_some_and(|table| table["rows"] == 1), "{copied}");
    let moved = beside(&["auth", "status"]).await?;
    ensure!(error_of(&moved)?["code"] == "storage_moved", "{moved:?}");
    let check = json_of(&beside(&["db", "check"]).await?, 1)?;
    ensure!(check["findings"][0]["code"] == "storage_moved", "{check}");

    let check = json_of(&world.command(&["db", "check", "--json"]).await?, 0)?;
    ensure!(
        check["sound"] == true && check["kind"] == "postgresql",
        "{check}"
    );
    let status = json_of(&world.command(&["auth", "status", "--json"]).await?, 0)?;
    ensure!(status["connections"][0]["id"] == id, "{status}");
    let refreshed = world.command(&["auth", "refresh", "--json"]).await?;
    ensure!(json_of(&refreshed, 0)?["generation"] == 2, "{refreshed:?}");

    // The copy was used meanwhile, so this is asked first, and here is nobody to ask.
    let asked = beside(&["db", "reopen"]).await?;
    ensure!(error_of(&asked)?["code"] == "not_confirmed", "{asked:?}");
    let reopened = json_of(&beside(&["db", "reopen", "--yes"]).await?, 0)?;
    ensure!(reopened["moved_to"] == copied["to"], "{reopened}");
    let status = json_of(&beside(&["auth", "status"]).await?, 0)?;
    ensure!(status["connections"][0]["generation"] == 1, "{status}");
    Ok(())
}

async fn serve_sqlite(world: &World, data: &std::path::Path) -> Result<ServiceProcess> {
    let service = Service::plain().data_dir(data).variable(
        "SMARTLINKS_KEY_FILE",
        world.key_file().display().to_string(),
    );
    tokio::task::spawn_blocking(move || service.start()).await?
}

fn json_of(output: &Output, code: i32) -> Result<Value> {
    ensure!(output.status.code() == Some(code), "{output:?}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn error_of(output: &Output) -> Result<Value> {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().last().context("no error")?;
    let error: Value = serde_json::from_str(line).with_context(|| text.to_string())?;
    Ok(error["error"].clone())
}
