//! Whether everybody can use a page: contrast, names, width, keyboard. Each audit gives findings, none is good.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use thirtyfour::Key;

use super::Browser;
use super::find::PAGE;

const AUDIT: &str = include_str!("audit.js");

/// One thing on a page that keeps somebody out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Finding {
    /// A selector of the element.
    #[serde(rename = "where")]
    pub place: String,
    /// What is wrong with it, with the figures.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

#[derive(Debug, Deserialize)]
struct Focused {
    /// Its place in the list of what must be reached; -1 for anything else.
    index: i64,
    seen: bool,
}

impl Browser {
    /// Elements that make the page wider than the window.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn overflow(&self) -> Result<Vec<Finding>> {
        self.ask("overflow").await
    }

    /// Text that is squeezed until its words fall apart.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn crushed(&self) -> Result<Vec<Finding>> {
        self.ask("crushed").await
    }

    /// Text with less contrast than WCAG 2.2 AA asks for (4.5, or 3 from 24 px or bold 18.66 px on), and text on
    /// pictures and gradients, whose contrast cannot be told.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn poor_contrast(&self) -> Result<Vec<Finding>> {
        self.ask("contrast").await
    }

    /// Controls without accessible name, and pictures without `alt`.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn nameless(&self) -> Result<Vec<Finding>> {
        self.ask("names").await
    }

    /// Missing language, title, main heading or landmark; ids used twice or named and missing.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn poor_structure(&self) -> Result<Vec<Finding>> {
        self.ask("structure").await
    }

    /// Presses Tab through the whole page: what could take the focus and never gets it, and what gets it without
    /// showing it.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn out_of_reach(&self) -> Result<Vec<Finding>> {
        let focusable: Vec<Finding> = self.ask("focusable").await?;
        let mut reached = BTreeSet::new();
        let mut unseen = BTreeSet::new();
        // Twice around, since nobody knows where Tab starts, and a scrolling region takes a step too.
        for _ in 0..2 * focusable.len() + 10 {
            if reached.len() == focusable.len() {
                break;
            }
            self.press(Key::Tab).await?;
            let focused: Focused = self.ask("focused").await?;
            if let Ok(index) = usize::try_from(focused.index) {
                reached.insert(index);
                if !focused.seen {
                    unseen.insert(index);
                }
            }
        }
        let finding = |index: usize, what: &str| Finding {
            place: focusable[index].place.clone(),
            what: format!("`{}` {what}", focusable[index].what),
        };
        let missed = (0..focusable.len()).filter(|index| !reached.contains(index));
        let missed = missed.map(|index| finding(index, "is never reached by Tab"));
        let unseen = unseen
            .iter()
            .map(|index| finding(*index, "does not show that it has the focus"));
        Ok(missed.chain(unseen).collect())
    }

    /// All audits but the keyboard's, which takes a second a page.
    ///
    /// # Errors
    /// When the browser does not answer.
    pub async fn at_a_glance(&self) -> Result<Vec<Finding>> {
        let mut findings = self.overflow().await?;
        findings.extend(self.crushed().await?);
        findings.extend(self.poor_contrast().await?);
        findings.extend(self.nameless().await?);
        findings.extend(self.poor_structure().await?);
        Ok(findings)
    }

    /// All audits of the page as it is now; `page` names it in the message.
    ///
    /// # Errors
    /// When anything is found: with every finding.
    pub async fn assert_for_everybody(&self, page: &str) -> Result<()> {
        let mut findings = self.at_a_glance().await?;
        findings.extend(self.out_of_reach().await?);
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        ensure!(
            lines.is_empty(),
            "{page} is not for everybody:\n  {}",
            lines.join("\n  ")
        );
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(&self, question: &str) -> Result<T> {
        let script = format!("{PAGE}\n{AUDIT}\nreturn audit.{question}();");
        let answer = self.evaluate(&script, Vec::new()).await?;
        serde_json::from_value(answer)
            .with_context(|| format!("audit.{question} answered something else"))
    }
}
