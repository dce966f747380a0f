//! Finding things by the words a person sees or hears, and acting on them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::{Browser, PATIENCE};

/// Names, visibility and selectors, as the audits understand them too.
pub(super) const PAGE: &str = include_str!("page.js");

impl Browser {
    /// The one visible link, button, summary or field of this accessible name: its label, its text, what a screen
    /// reader says. An exact name wins over one that only contains the words.
    ///
    /// # Errors
    /// When there is none, or several: with the names that there are.
    pub async fn named(&self, name: &str) -> Result<WebElement> {
        self.only("controls", name).await
    }

    /// The one visible field of this label.
    ///
    /// # Errors
    /// As [`Browser::named`].
    pub async fn field(&self, label: &str) -> Result<WebElement> {
        self.only("fields", label).await
    }

    /// The innermost visible element with these words.
    ///
    /// # Errors
    /// As [`Browser::named`].
    pub async fn with_text(&self, words: &str) -> Result<WebElement> {
        self.only("texts", words).await
    }

    /// The first element that a CSS selector names.
    ///
    /// # Errors
    /// When there is none.
    pub async fn css(&self, selector: &str) -> Result<WebElement> {
        self.session
            .find(By::Css(selector))
            .await
            .with_context(|| format!("no element `{selector}`"))
    }

    /// Every element that a CSS selector names.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn all(&self, selector: &str) -> Result<Vec<WebElement>> {
        Ok(self.session.find_all(By::Css(selector)).await?)
    }

    /// Waits for the link, button or field of this name and clicks it.
    ///
    /// # Errors
    /// When it does not appear, or something covers it.
    pub async fn click(&self, name: &str) -> Result<()> {
        self.wait_for_named(name, PATIENCE).await?;
        let element = self.named(name).await?;
        element
            .click()
            .await
            .with_context(|| format!("could not click `{name}`"))
    }

    /// Empties the field of this label and types into it.
    ///
    /// # Errors
    /// When there is no such field or it takes no text.
    pub async fn type_into(&self, label: &str, text: &str) -> Result<()> {
        self.wait_for_named(label, PATIENCE).await?;
        let field = self.field(label).await?;
        field
            .clear()
            .await
            .with_context(|| format!("could not empty `{label}`"))?;
        field
            .send_keys(text)
            .await
            .with_context(|| format!("could not type into `{label}`"))
    }

    /// Chooses the option with these words in the list of this label, with the keyboard's own means.
    ///
    /// # Errors
    /// When there is no such list or option.
    pub async fn choose(&self, label: &str, option: &str) -> Result<()> {
        let list = self.field(label).await?;
        for candidate in list.find_all(By::Tag("option")).await? {
            if candidate.text().await?.trim() == option {
                return candidate
                    .click()
                    .await
                    .with_context(|| format!("could not choose `{option}`"));
            }
        }
        anyhow::bail!("`{label}` offers no `{option}`")
    }

    /// Presses one key where the focus is.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.session
            .action_chain()
            .send_keys(key)
            .perform()
            .await
            .context("could not press a key")
    }

    /// Waits until a link, button or field of this name is there.
    ///
    /// # Errors
    /// As [`Browser::wait_until`].
    pub async fn wait_for_named(&self, name: &str, within: Duration) -> Result<()> {
        self.wait_until(&format!("`{name}`"), within, async || {
            self.named(name).await.map(|_| true)
        })
        .await
    }

    async fn only(&self, kind: &str, words: &str) -> Result<WebElement> {
        let script = format!("{PAGE}\nreturn page.find(arguments[0], arguments[1]);");
        let found = self
            .session
            .execute(script, vec![json!(kind), json!(words)])
            .await?;
        let found = found.json();
        let names = found["names"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let elements = found["elements"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let listed: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        ensure!(
            !elements.is_empty(),
            "nothing is called `{words}`; there is: {}",
            listed.join(" | ")
        );
        ensure!(
            elements.len() == 1,
            "{} things are called `{words}`: {}",
            elements.len(),
            listed.join(" | ")
        );
        let element = elements
            .first()
            .context("an element was counted and is gone")?
            .clone();
        Ok(WebElement::from_json(
            element,
            self.session.handle().clone(),
        )?)
    }
}
