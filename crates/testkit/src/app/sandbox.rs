//! What a test tells the sandbox of its service, and asks it.

use aliexpress::RefreshToken;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use smartlinks_store::TokenMaterial;

use super::App;
use crate::http::Http;

impl App {
    /// Tells the sandbox something.
    pub async fn control(&self, path: &str, body: &Value) -> Result<Value> {
        let reply = Http::new(&self.sandbox_url)?
            .post_json(&format!("/_sandbox/{path}"), body)
            .await?;
        ensure!(
            reply.status < 300,
            "{path}: {} {}",
            reply.status,
            String::from_utf8_lossy(&reply.body)
        );
        Ok(serde_json::from_slice(&reply.body).unwrap_or(Value::Null))
    }

    /// A code for an account, as if it had just consented. The usual buyer when `None`.
    pub async fn code(&self, account: Option<&str>) -> Result<String> {
        let body = account.map_or_else(|| json!({}), |account| json!({ "account": account }));
        let answer = self.control("codes", &body).await?;
        Ok(answer["code"].as_str().context("no code")?.to_owned())
    }

    /// What the sandbox has noted of the calls of one path or method.
    pub async fn journal(&self, api: &str) -> Result<Vec<Value>> {
        let reply = Http::new(&self.sandbox_url)?
            .get(&format!("/_sandbox/journal?api={api}"))
            .await?;
        let journal: Value = serde_json::from_slice(&reply.body)?;
        let entries = journal
            .as_array()
            .or_else(|| journal["entries"].as_array())
            .context("no journal")?;
        Ok(entries.clone())
    }

    /// How often the sandbox was asked to refresh.
    pub async fn refreshes(&self) -> Result<usize> {
        Ok(self.journal("/auth/token/refresh").await?.len())
    }

    /// Spends the refresh token of a pair, as a process does that dies before it has stored the answer.
    pub async fn refresh_at_the_gateway(&self, pair: &TokenMaterial) -> Result<()> {
        use secrecy::ExposeSecret as _;
        let token = pair.refresh_token.as_ref().context("no refresh token")?;
        let client = &self.core.app().ready()?.client;
        let token = RefreshToken::new(token.expose_secret());
        client.oauth().refresh(&token).await?;
        Ok(())
    }

    /// The order numbers that the sandbox has from its seed.
    pub async fn seeded_orders(&self) -> Result<Vec<String>> {
        let reply = Http::new(&self.sandbox_url)?.get("/_sandbox/state").await?;
        let state: Value = serde_json::from_slice(&reply.body)?;
        let orders = state["orders"].as_array().context("no orders")?;
        Ok(orders.iter().map(|order| text_of(&order["id"])).collect())
    }

    /// Numbers of products that the sandbox has.
    pub async fn products(&self) -> Result<Vec<String>> {
        let reply = Http::new(&self.sandbox_url)?.get("/_sandbox/state").await?;
        let state: Value = serde_json::from_slice(&reply.body)?;
        Ok(state["products"]
            .as_array()
            .context("no products")?
            .iter()
            .map(text_of)
            .collect())
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
