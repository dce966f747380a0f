//! The browser helper and its audits, on small pages with one fault each.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tempfile::TempDir;
use testkit::browser::{Browser, Finding, Scheme, Visitor};
use thirtyfour::Key;

/// A page that has no fault, with this in its middle.
fn page(style: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Page</title><style>{style}</style>\
         <main><h1>Heading</h1>{body}</main></html>"
    )
}

struct Pages {
    browser: Browser,
    folder: TempDir,
}

impl Pages {
    async fn open(visitor: Visitor) -> Result<Self> {
        Ok(Self {
            browser: visitor.open().await?,
            folder: tempfile::tempdir()?,
        })
    }

    async fn show(&self, style: &str, body: &str) -> Result<&Browser> {
        let file = self.folder.path().join("page.html");
        std::fs::write(&file, page(style, body))?;
        self.browser
            .goto(&format!("file://{}", file.display()))
            .await?;
        Ok(&self.browser)
    }
}

fn english() -> Visitor {
    Visitor::speaking("en")
}

#[track_caller]
fn assert_one(findings: &[Finding], place: &str, what: &str) {
    let found = findings.len() == 1
        && findings[0].place.ends_with(place)
        && findings[0].what.contains(what);
    assert!(
        found,
        "wanted one finding at {place} about {what}, got {findings:#?}"
    );
}

#[tokio::test]
async fn a_good_page_has_no_finding_in_either_scheme_and_at_any_width() -> Result<()> {
    let pages = Pages::open(english()).await?;
    let style = ":root { color-scheme: light dark } .hidden { position: absolute; width: 1px; height: 1px; \
                 clip-path: inset(50%); overflow: hidden } .note { color: oklch(35% 0.1 250); background: #ddd; } .note a { color: inherit }";
    let body = "<p class=note>Words <a href='#x' id=x>link</a></p><p class=hidden style='color: #fff'>unseen</p>\
                <label>Name <input></label> <label for=l>List</label><select id=l><option>one</select>\
                <button aria-label=Close>×</button> <fieldset><legend>Kind</legend>\
                <label><input type=radio name=r>a</label> <label><input type=radio name=r checked>b</label></fieldset>\
                <div style='overflow-x: auto; width: 100px' tabindex=0><table style='width: 2000px'><tr><td>wide</table></div>\
                <button disabled style='color: #ddd'>off</button>";
    for scheme in [Scheme::Light, Scheme::Dark] {
        for width in [390, 1280] {
            pages.browser.resize(width, 800).await?;
            pages.browser.set_scheme(scheme).await?;
            pages
                .show(style, body)
                .await?
                .assert_for_everybody("the good page")
                .await?;
        }
    }
    pages.browser.close().await
}

#[tokio::test]
async fn poor_contrast_is_told_with_its_figures() -> Result<()> {
    let pages = Pages::open(english()).await?;

    let browser = pages
        .show("p { color: #999 }", "<p id=p>grey on white</p>")
        .await?;
    assert_one(
        &browser.poor_contrast().await?,
        "#p",
        "#999999 on #ffffff is 2.85 to 1, less than 4.5",
    );

    let large = "p { color: #888; font-size: 24px }";
    assert_eq!(
        pages
            .show(large, "<p>large text needs 3</p>")
            .await?
            .poor_contrast()
            .await?,
        []
    );
    let bold = "p { color: #888; font-size: 18px; font-weight: 700 }";
    assert_one(
        &pages
            .show(bold, "<p id=p>nearly large</p>")
            .await?
            .poor_contrast()
            .await?,
        "#p",
        "less than 4.5",
    );

    let layers = "div { background: rgb(0 0 0 / 50%) } div div { background: rgb(0 0 0 / 50%) } p { color: #000 }";
    let browser = pages
        .show(layers, "<div><div><p id=p>on #404040</p></div></div>")
        .await?;
    assert_one(&browser.poor_contrast().await?, "#p", "#000000 on #404040");

    let browser = pages.show("p { opacity: .4 }", "<p id=p>faint</p>").await?;
    assert_one(&browser.poor_contrast().await?, "#p", "#999999 on #ffffff");

    let gradient = "p { background: linear-gradient(red, blue) }";
    assert_one(
        &pages
            .show(gradient, "<p id=p>colourful</p>")
            .await?
            .poor_contrast()
            .await?,
        "#p",
        "cannot be told",
    );

    let hint = "input::placeholder { color: #bbb }";
    let browser = pages
        .show(hint, "<input id=i aria-label=Name placeholder=hint>")
        .await?;
    assert_one(&browser.poor_contrast().await?, "#i", "\"hint\": #bbbbbb");

    // Light text that is fine on its own dark ground, and black text that dark mode leaves on a black canvas.
    pages.browser.set_scheme(Scheme::Dark).await?;
    let dark = ":root { color-scheme: light dark } p { color: #222 }";
    assert_one(
        &pages
            .show(dark, "<p id=p>too dark</p>")
            .await?
            .poor_contrast()
            .await?,
        "#p",
        "#222222 on #121212",
    );
    pages.browser.close().await
}

#[tokio::test]
async fn missing_names_and_poor_structure_are_told() -> Result<()> {
    let pages = Pages::open(english()).await?;
    let browser = pages
        .show("", "<button id=b><svg width=9 height=9></svg></button><a href=x id=a style='display: inline-block; width: 9px; height: 9px'><img alt='' src=y></a>")
        .await?;
    let findings = browser.nameless().await?;
    assert_eq!(findings.len(), 2, "{findings:#?}");
    assert_one(
        &pages
            .show("", "<label>Words</label><input id=i>")
            .await?
            .nameless()
            .await?,
        "#i",
        "input without",
    );
    assert_one(
        &pages
            .show("", "<img id=i src=x width=9 height=9>")
            .await?
            .nameless()
            .await?,
        "#i",
        "without alt",
    );
    let named = "<span id=n>Name</span><input aria-labelledby=n><button title=Go></button>\
                 <button><img alt=Picture src=x></button><input type=submit value=Send>";
    assert_eq!(pages.show("", named).await?.nameless().await?, []);

    let browser = pages
        .show(
            "",
            "<h1>Second</h1><p id=a><p id=a><label for=gone>x</label>",
        )
        .await?;
    let words: Vec<String> = browser
        .poor_structure()
        .await?
        .iter()
        .map(Finding::to_string)
        .collect();
    assert_eq!(words.len(), 3, "{words:#?}");
    assert!(
        words.iter().any(|line| line.contains("2 main headings")),
        "{words:#?}"
    );
    assert!(
        words.iter().any(|line| line.contains("#a: id used twice")),
        "{words:#?}"
    );
    assert!(
        words.iter().any(|line| line.contains("for names gone")),
        "{words:#?}"
    );
    pages.browser.close().await
}

#[tokio::test]
async fn what_is_wider_than_the_window_is_named() -> Result<()> {
    let pages = Pages::open(english().window(390, 800)).await?;
    let body = "<section><div id=wide style='width: 600px'>wide</div></section>";
    assert_one(
        &pages.show("", body).await?.overflow().await?,
        "#wide",
        "in a window of 390",
    );
    pages.browser.resize(1280, 800).await?;
    assert_eq!(pages.browser.overflow().await?, []);
    pages.browser.close().await
}

#[tokio::test]
async fn text_that_falls_apart_is_named() -> Result<()> {
    let pages = Pages::open(english()).await?;
    let column = |width: u32| {
        format!("<p id=a style='width: {width}px; overflow-wrap: anywhere'>Réussis</p>")
    };
    assert_one(
        &pages.show("", &column(10)).await?.crushed().await?,
        "#a",
        "breaks 7 letters into 7 lines",
    );
    assert_eq!(pages.show("", &column(200)).await?.crushed().await?, []);
    pages.browser.close().await
}

#[tokio::test]
async fn what_the_keyboard_cannot_reach_is_named() -> Result<()> {
    let pages = Pages::open(english()).await?;
    let body = "<button>one</button><button id=b tabindex=-1>two</button><a href=#>three</a>";
    assert_one(
        &pages.show("", body).await?.out_of_reach().await?,
        "#b",
        "`two` is never reached",
    );

    let trap = "<button>one</button><button id=b onkeydown='event.preventDefault()'>two</button><a id=a href=#>three</a>";
    assert_one(
        &pages.show("", trap).await?.out_of_reach().await?,
        "#a",
        "`three` is never reached",
    );

    let unseen = "<button>one</button><button id=b style='outline: none'>two</button>";
    assert_one(
        &pages.show("", unseen).await?.out_of_reach().await?,
        "#b",
        "does not show",
    );
    pages.browser.close().await
}

#[tokio::test]
async fn things_are_found_by_the_words_on_them() -> Result<()> {
    let pages = Pages::open(Visitor::speaking("fr")).await?;
    let body = "<label>Words <input id=words></label><label>Sort <select id=s><option>up</option><option>down</option></select></label>\
                <button style='display: none'>Search</button><button onclick='later()'>Search</button>\
                <button>Search all</button><p id=out></p><script>function later() {\
                setTimeout(() => { out.textContent = `Found ${words.value} ${s.value} ${navigator.language}` }, 100) }</script>";
    let browser = pages.show("", body).await?;
    browser.type_into("Words", "blue lamp").await?;
    browser.choose("Sort", "down").await?;
    browser.click("Search").await?;
    browser.wait_for_text("Found blue lamp down fr").await?;
    assert_eq!(
        browser.with_text("Found").await?.id().await?.as_deref(),
        Some("out")
    );

    let error = browser.named("Buy").await.unwrap_err().to_string();
    assert!(
        error.contains("nothing is called `Buy`")
            && error.contains("Search all (body > main > button"),
        "{error}"
    );
    let error = browser.named("Sear").await.unwrap_err().to_string();
    assert!(error.contains("2 things are called `Sear`"), "{error}");
    let error = browser
        .wait_until("a miracle", Duration::from_millis(200), async || Ok(false))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("a miracle: not within 200ms")
            && error.to_string().contains("Heading")
    );

    browser.field("Words").await?.send_keys("!").await?;
    browser.press(Key::Tab).await?;
    assert_eq!(
        browser
            .evaluate("return document.activeElement.id", vec![])
            .await?,
        json!("s")
    );
    pages.browser.close().await
}

#[tokio::test]
async fn without_script_the_page_runs_none_and_can_still_be_audited() -> Result<()> {
    let pages = Pages::open(english().without_script()).await?;
    let body = "<noscript>no script here</noscript><p id=p>still</p><script>p.textContent = 'ran'</script>";
    let browser = pages.show("", body).await?;
    let text = browser.text().await?;
    assert!(
        text.contains("no script here") && text.contains("still"),
        "{text}"
    );
    browser
        .assert_for_everybody("the page without script")
        .await?;
    pages.browser.close().await
}

#[tokio::test]
async fn a_screenshot_shows_the_whole_page() -> Result<()> {
    let pages = Pages::open(english().window(600, 400)).await?;
    let browser = pages
        .show(
            "body { margin: 0 }",
            "<div style='height: 2000px'>tall</div>",
        )
        .await?;
    let file = pages.folder.path().join("page.png");
    browser.screenshot(&file).await?;
    let (width, height) = png_size(&file)?;
    assert_eq!(width, 600);
    assert!(height > 2000, "{height}");
    pages.browser.close().await
}

#[tokio::test]
async fn errors_of_the_page_are_read_from_its_console() -> Result<()> {
    let pages = Pages::open(english()).await?;
    let browser = pages.show("", "<script>missing.thing()</script>").await?;
    let errors = browser.console_errors().await?;
    assert!(
        errors
            .iter()
            .any(|error| error.contains("missing is not defined")),
        "{errors:#?}"
    );
    assert_eq!(
        pages.show("", "fine").await?.console_errors().await?,
        [""; 0]
    );
    pages.browser.close().await
}

/// Width and height stand big-endian after the signature, the chunk's length and its name.
fn png_size(file: &Path) -> Result<(u32, u32)> {
    let bytes = std::fs::read(file)?;
    anyhow::ensure!(
        bytes.starts_with(b"\x89PNG") && bytes.len() > 24,
        "not a PNG"
    );
    Ok((
        u32::from_be_bytes(bytes[16..20].try_into()?),
        u32::from_be_bytes(bytes[20..24].try_into()?),
    ))
}
