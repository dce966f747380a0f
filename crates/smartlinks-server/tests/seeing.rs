//! The audit log and the doctor over HTTP, and what the overview shows of them.

use anyhow::{Context, Result};
use serde_json::Value;
use smartlinks_core::Scope;
use testkit::app::{App, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_for_those_who_administer() -> Result<()> {
    let app = App::with(Setup {
        operators: true,
        ..Setup::default()
    })
    .await?;
    let stranger = app.visitor()?;
    for place in ["/api/aliexpress/audit", "/api/aliexpress/doctor"] {
        stranger.get(place).await?.expect_status(401)?;
    }
    let reader = app.program(&[Scope::Read]).await?;
    for place in ["/api/aliexpress/audit", "/api/aliexpress/doctor"] {
        reader.get(place).await?.expect_status(403)?;
    }
    let admin = app.program(&[Scope::Admin]).await?;
    let page = admin
        .get("/api/aliexpress/audit")
        .await?
        .expect_status(200)?;
    // The keys of this test were made meanwhile, and nothing else.
    let page = page.json()?;
    let entries = page["entries"].as_array().context("no entries")?;
    assert!(
        entries
            .iter()
            .all(|entry| entry["action"] == "api_key.created")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_is_paged_and_filtered_over_http() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let id = app.connect().await?;
    for label in ["one", "two"] {
        let body = serde_json::json!({ "label": label });
        let path = format!("/api/aliexpress/connections/{id}");
        let request = visitor
            .request(reqwest::Method::PATCH, &path)
            .header("content-type", "application/json")
            .body(body.to_string());
        visitor.send(request).await?.expect_status(200)?;
    }
    let first = visitor.get("/api/aliexpress/audit?limit=2").await?.json()?;
    let next = first["next"].as_str().context("one page only")?;
    assert_eq!(first["entries"][0]["action"], "connection.changed");
    assert_eq!(first["entries"][0]["actor"]["kind"], "anybody");
    let path = format!("/api/aliexpress/audit?limit=2&after={next}");
    let second = visitor.get(&path).await?.json()?;
    assert_eq!(second["entries"][0]["action"], "connection.connected");
    assert_eq!(second["next"], Value::Null);
    for (query, status) in [
        ("action=connection.changed&actor=anybody", 200),
        ("actor=ghost", 400),
        ("after=x", 400),
        ("since=yesterday", 400),
        ("limit=-1", 400),
        ("unknown=1", 400),
    ] {
        let path = format!("/api/aliexpress/audit?{query}");
        visitor.get(&path).await?.expect_status(status)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_who_did_what_and_narrows_it() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    let empty = visitor.get("/aliexpress/audit?lang=en").await?;
    let text = empty.expect_status(200)?.text();
    assert!(text.contains("Nothing has happened yet"), "{text}");
    let id = app.connect().await?;
    for (query, wanted) in [
        ("lang=en", "connection.connected"),
        ("lang=fr", "SmartLinks lui-même"),
        ("lang=en&actor=merchant", "No such entry"),
        (
            "lang=en&connection=nonsense",
            "This filter cannot be understood",
        ),
    ] {
        let path = format!("/aliexpress/audit?{query}");
        let text = visitor.get(&path).await?.expect_status(200)?.text();
        assert!(text.contains(wanted), "{query}: {text}");
    }
    let tab = visitor
        .get("/aliexpress/authentication?lang=en")
        .await?
        .text();
    assert!(
        tab.contains(&format!("/aliexpress/audit?connection={id}")),
        "{tab}"
    );
    for number in 0..60 {
        app.core
            .set_label(&id, Some(&format!("shop {number}")))
            .await?;
    }
    let text = visitor
        .get("/aliexpress/audit?action=connection.changed")
        .await?
        .text();
    let link = "/aliexpress/audit?action=connection.changed&amp;after=";
    assert!(
        text.contains(link) || text.contains(&link.replace("&amp;", "&#38;")),
        "{text}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_the_running_service() -> Result<()> {
    let app = App::start().await?;
    let visitor = app.visitor()?;
    app.connect().await?;
    let report = visitor
        .get("/api/aliexpress/doctor")
        .await?
        .expect_status(200)?
        .json()?;
    assert_eq!(report["healthy"], true, "{report}");
    let codes: Vec<_> = report["findings"]
        .as_array()
        .context("no findings")?
        .iter()
        .filter_map(|finding| finding["code"].as_str())
        .collect();
    for code in [
        "secret_accepted",
        "callback_registered",
        "database_works",
        "disk_writable",
    ] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    Ok(())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_overview_shows_what_has_to_be_mended_without_calling_anybody() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let app = App::start().await?;
    let visitor = app.visitor()?;
    app.connect().await?;
    let overview = async || -> Result<String> {
        Ok(visitor
            .get("/aliexpress?lang=en")
            .await?
            .expect_status(200)?
            .text())
    };
    let well = overview().await?;
    assert!(well.contains("Nothing to mend"), "{well}");
    assert!(well.contains("1 went well, 0 failed"), "{well}");
    let calls = app.journal("").await?.len();
    let keys = app.data.join("keys");
    std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o644))?;
    let text = overview().await?;
    assert!(
        text.contains("Other users of this machine can read the key file"),
        "{text}"
    );
    assert_eq!(app.journal("").await?.len(), calls);
    Ok(())
}

/// The last hour and the last day of a method in the table of the budget.
fn called(page: &str, method: &str) -> Result<[String; 2]> {
    let row = format!("<tr><th scope=\"row\"><code>{method}</code></th>");
    let (_, row) = page.split_once(&row).context("no such row")?;
    let (row, _) = row.split_once("</tr>").context("no end")?;
    let cell = |cell: &str| Some(cell.rsplit_once('>')?.1.to_owned());
    let mut cells: Vec<String> = row.split("</td>").filter_map(cell).collect();
    cells.retain(|cell| !cell.is_empty());
    let [.., hour, day] = &cells[..] else {
        anyhow::bail!("{row}");
    };
    Ok([hour.clone(), day.clone()])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_budget_counts_for_all_instances_and_survives_a_restart() -> Result<()> {
    let app = App::start().await?;
    app.connect().await?;
    let page = app.visitor()?.get("/aliexpress?lang=en").await?;
    let page = page.expect_status(200)?.text();
    for words in [
        "Call budget",
        "<code>500100</code>",
        "This server has each of them whole",
        "Went well",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Own calls are seen at once, and a documented rate whether it was used or not.
    assert_eq!(called(&page, "/auth/token/create")?, ["1", "1"]);
    assert!(called(&page, "aliexpress.ds.address.get").is_ok(), "{page}");

    // Two hours later, after a restart.
    app.advance(2 * 3_600);
    app.core.drain().await;
    let beside = app.beside().await?;
    let page = beside.visitor()?.get("/aliexpress?lang=fr").await?;
    let page = page.expect_status(200)?.text();
    assert!(page.contains("Budget d’appels"), "{page}");
    assert_eq!(called(&page, "/auth/token/create")?, ["0", "1"]);
    // What was written down is not counted twice by the one who wrote it.
    let budget = app.core.call_budget().await?.context("no app")?;
    let created = budget
        .methods
        .iter()
        .find(|method| method.method == "/auth/token/create")
        .context("not counted")?;
    assert_eq!((created.last_hour, created.last_day), (0, 1));
    app.advance(24 * 3_600);
    let budget = app.core.call_budget().await?.context("no app")?;
    assert!(budget.outcomes.is_empty(), "{budget:?}");
    app.advance(24 * 3_600);
    assert!(app.core.forget_old().await? > 0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_call_budget_shows_what_is_leased() -> Result<()> {
    use smartlinks_core::BudgetAppetite;
    use smartlinks_core::store::{BudgetClaim, BudgetWish, Millis};
    let app = App::start().await?;
    app.connect().await?;
    let _leases = app.core.lease_budgets(BudgetAppetite::Whole);
    let now = smartlinks_core::to_millis(app.core.now());
    let claim = |instance: &str| BudgetClaim {
        app_key: "500100".to_owned(),
        instance: instance.to_owned(),
        budgets: vec![BudgetWish {
            budget: "aliexpress.ds.address.get".to_owned(),
            per_second: 4,
            wish: 1,
            keep: 0,
        }],
        now,
        lease_until: Millis(now.0 + 60_000),
    };
    for instance in ["one", "two"] {
        let shares = app.core.store().budget_shares();
        shares.claim_budgets(claim(instance)).await?;
    }
    let page = app.visitor()?.get("/aliexpress?lang=en").await?.text();
    assert!(page.contains("2 of 4 per second"), "{page}");
    assert!(page.contains("Divided among all instances"), "{page}");
    Ok(())
}
