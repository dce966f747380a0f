//! A headless Chromium, driven as a person would: by the words on the page, with mouse and keyboard.

mod audit;
mod driver;
mod find;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, LoggingPrefsLogLevel};

pub use audit::Finding;
use driver::Driver;

/// A page on a machine under load; longer means that it will not come.
pub const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);
const COMMAND_WITHIN: Duration = Duration::from_secs(120);

/// What a headless browser needs to be quiet: no first-run pages, no calls home, no graphics card.
const FLAGS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-search-engine-choice-screen",
    "--force-color-profile=srgb",
    // Pages are as wide as they are asked to be, and pictures show no bar.
    "--hide-scrollbars",
];

/// The visitor's colour scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Who visits: language, script, window and colours.
#[derive(Debug, Clone)]
pub struct Visitor {
    language: String,
    script: bool,
    scheme: Scheme,
    width: u32,
    height: u32,
}

impl Visitor {
    /// Speaks this language (`fr`, `en`), with script, in light colours, in a window of 1280 by 900.
    #[must_use]
    pub fn speaking(language: &str) -> Self {
        let language = language.to_owned();
        Self {
            language,
            script: true,
            scheme: Scheme::Light,
            width: 1280,
            height: 900,
        }
    }

    /// Has script turned off.
    #[must_use]
    pub fn without_script(mut self) -> Self {
        self.script = false;
        self
    }

    /// Prefers this colour scheme.
    #[must_use]
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sees the page in this width and height, in CSS pixels.
    #[must_use]
    pub fn window(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width, height);
        self
    }

    /// Opens a browser of their own: new profile, no cookies.
    ///
    /// # Errors
    /// When there is no browser (`cargo xtask test` brings one) or it does not start.
    pub async fn open(self) -> Result<Browser> {
        Browser::open(self).await
    }

    fn capabilities(&self, browser: &Path, profile: &Path) -> Result<ChromeCapabilities> {
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&browser.to_string_lossy())?;
        for flag in FLAGS {
            capabilities.add_arg(flag)?;
        }
        capabilities.add_arg(&format!("--lang={}", self.language))?;
        capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        capabilities.add_arg(&format!("--window-size={},{}", self.width, self.height))?;
        let mut preferences = json!({ "intl.accept_languages": self.language });
        if !self.script {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        capabilities.add_experimental_option("prefs", preferences)?;
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        Ok(capabilities)
    }
}

/// An open browser. [`Browser::close`] it at the end; dropping it, as a failing test does, kills it.
#[derive(Debug)]
pub struct Browser {
    session: WebDriver,
    _driver: Driver,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Left to itself the session asks its driver to end and waits two minutes for an answer; the driver is
        // about to be killed, browser and all.
        let _ = self.session.clone().leak();
    }
}

impl Browser {
    async fn open(visitor: Visitor) -> Result<Self> {
        let driver = Driver::start()?;
        let capabilities = visitor.capabilities(driver.browser(), driver.profile())?;
        let session = WebDriver::builder(driver.address(), capabilities)
            .request_timeout(COMMAND_WITHIN)
            .connect()
            .await
            .context("Chromium did not start")?;
        let browser = Self {
            session,
            _driver: driver,
        };
        browser.resize(visitor.width, visitor.height).await?;
        browser.set_scheme(visitor.scheme).await?;
        Ok(browser)
    }

    /// The session itself, for what has no helper here.
    #[must_use]
    pub fn session(&self) -> &WebDriver {
        &self.session
    }

    /// Ends the browser and removes its profile.
    ///
    /// # Errors
    /// When the browser does not answer; it is ended all the same.
    pub async fn close(self) -> Result<()> {
        self.session
            .clone()
            .quit()
            .await
            .context("the browser did not end when asked to")
    }

    /// Opens an address and waits until it is loaded.
    ///
    /// # Errors
    /// When the page cannot be reached.
    pub async fn goto(&self, address: &str) -> Result<()> {
        self.session
            .goto(address)
            .await
            .with_context(|| format!("could not open {address}"))
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// When the page cannot be reached.
    pub async fn reload(&self) -> Result<()> {
        self.session.refresh().await.context("could not reload")
    }

    /// The page's address.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn address(&self) -> Result<String> {
        Ok(self.session.current_url().await?.to_string())
    }

    /// What a person can read on the page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn text(&self) -> Result<String> {
        // Not the driver's own idea of text, which leaves out what stands in `noscript`.
        let text = self
            .evaluate("return document.body.innerText", Vec::new())
            .await?;
        text.as_str()
            .map(str::to_owned)
            .context("the page has no text")
    }

    /// The page's source as it is now.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn source(&self) -> Result<String> {
        Ok(self.session.source().await?)
    }

    /// Runs a script's body in the page and gives what it returns. Works where the page itself may run none.
    ///
    /// # Errors
    /// When the script throws.
    pub async fn evaluate(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self
            .session
            .execute(script, arguments)
            .await?
            .json()
            .clone())
    }

    /// Sets the page's width and height, narrower than any window can be.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.session
            .cdp()
            .send_raw("Emulation.setDeviceMetricsOverride", size)
            .await?;
        Ok(())
    }

    /// Changes the colour scheme that the visitor prefers.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn set_scheme(&self, scheme: Scheme) -> Result<()> {
        // Without motion, so that no colour is looked at half-way between two.
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme.name() },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.session
            .cdp()
            .send_raw("Emulation.setEmulatedMedia", features)
            .await?;
        Ok(())
    }

    /// Errors that the page has left in the browser's console since this was last asked: broken scripts, refused
    /// requests, breaches of the content security policy.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let entries = self.session.browser_log().await?;
        let errors = entries.into_iter().filter(|entry| entry.level == "SEVERE");
        Ok(errors.map(|entry| entry.message).collect())
    }

    /// Writes a picture of the whole page, also of what lies below the window.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn screenshot(&self, file: &Path) -> Result<()> {
        let whole = json!({ "format": "png", "captureBeyondViewport": true, "fromSurface": true });
        let answer = self
            .session
            .cdp()
            .send_raw("Page.captureScreenshot", whole)
            .await?;
        let picture = answer["data"]
            .as_str()
            .context("the browser gave no picture")?;
        let picture = thirtyfour::support::base64_decode(picture)?;
        std::fs::write(file, picture).with_context(|| format!("could not write {}", file.display()))
    }

    /// Takes the picture that the README shows under this name, where `cargo xtask screenshots` asks for it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        match crate::variable("SMARTLINKS_SCREENSHOTS") {
            Some(folder) => self.screenshot(&Path::new(&folder).join(name)).await,
            None => Ok(()),
        }
    }

    /// Waits until a condition holds, asking again and again. An error while asking counts as "not yet", since a
    /// page that is being replaced answers with one.
    ///
    /// # Errors
    /// When it does not hold in time: with what was waited for, the last error, and what the page shows instead.
    pub async fn wait_until<Asked>(
        &self,
        what: &str,
        within: Duration,
        mut holds: impl FnMut() -> Asked,
    ) -> Result<()>
    where
        Asked: Future<Output = Result<bool>>,
    {
        let mut last_error = None;
        let waited = tokio::time::timeout(within, async {
            loop {
                match holds().await {
                    Ok(true) => break,
                    Ok(false) => last_error = None,
                    Err(error) => last_error = Some(error),
                }
                tokio::time::sleep(POLL).await;
            }
        });
        if waited.await.is_ok() {
            return Ok(());
        }
        let address = self.address().await.unwrap_or_default();
        let text = self.text().await.unwrap_or_default();
        let last = last_error
            .map(|error| format!(" (last error: {error:#})"))
            .unwrap_or_default();
        bail!("{what}: not within {within:?}{last}. {address} shows:\n{text}")
    }

    /// Waits until these words can be read on the page.
    ///
    /// # Errors
    /// As [`Browser::wait_until`].
    pub async fn wait_for_text(&self, words: &str) -> Result<()> {
        let what = format!("the words `{words}`");
        self.wait_until(&what, PATIENCE, async || {
            Ok(self.text().await?.contains(words))
        })
        .await
    }

    /// Waits until the address contains this.
    ///
    /// # Errors
    /// As [`Browser::wait_until`].
    pub async fn wait_for_address(&self, part: &str) -> Result<()> {
        let what = format!("an address with `{part}`");
        self.wait_until(&what, PATIENCE, async || {
            Ok(self.address().await?.contains(part))
        })
        .await
    }
}
