//! Taking connections with their token pairs out, and in again somewhere else. One of the two places where a refresh
//! token leaves the database (the other is the token file), so it is audited, and not done when that fails.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{
    Account, Connection, ConnectionId, Millis, NewConnection, NewPair, StoredState, TokenMaterial,
};

use crate::clock::{from_millis, to_millis};
use crate::connect::Destination;
use crate::connections::{ConnectionView, view};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_schedule::next_refresh_at;
use crate::service::Core;
use crate::traces::OK;

const VERSION: u32 = 1;

/// What was taken out.
#[derive(Debug)]
pub struct Export {
    /// The content, tokens included: for an archive, or for a file of its owner's alone.
    content: SecretString,
    /// Whose tokens are in it.
    pub connections: Vec<ConnectionView>,
    /// Connections whose tokens cannot be read, each in words. They are not in it.
    pub unreadable: Vec<String>,
}

impl Export {
    /// The content in the clear. Do not log what this returns.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.content.expose_secret()
    }
}

/// What became of one connection that was taken in.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// Its id in the export.
    pub id: String,
    /// AliExpress's number of the account.
    pub user_id: String,
    /// The connection it has become here; none when it was not taken.
    pub connection: Option<ConnectionView>,
    /// Why it was not taken.
    pub refused: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    smartlinks_export: u32,
    exported_at_ms: i64,
    gateway: Option<String>,
    app_key: Option<String>,
    connections: Vec<Entry>,
}

/// One connection. Moments in milliseconds since the epoch.
#[derive(Serialize, Deserialize)]
struct Entry {
    id: String,
    label: Option<String>,
    is_default: bool,
    user_id: String,
    seller_id: Option<String>,
    havana_id: Option<String>,
    account_id: Option<String>,
    nick: Option<String>,
    platform: Option<String>,
    sp: Option<String>,
    locale: Option<String>,
    generation: i64,
    obtained_at_ms: Option<i64>,
    works_until_ms: Option<i64>,
    sign_in_again_by_ms: Option<i64>,
    access_token: Token,
    refresh_token: Option<Token>,
}

/// A token inside an export: no `Debug`, wiped when dropped.
struct Token(SecretString);

impl Serialize for Token {
    fn serialize<S: serde::Serializer>(
        &self,
        serializer: S,
    ) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> std::result::Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

impl Core {
    /// All connections with their present pairs. Audited first; `encrypted` says in the audit log what becomes of it.
    ///
    /// # Errors
    /// [`Error::Invalid`] when nothing is connected, [`Error::Storage`], also when it cannot be audited.
    pub async fn export_connections(&self, encrypted: bool) -> Result<Export> {
        let now = to_millis(self.now());
        let (mut entries, mut views, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        for record in self.store().connections().list(false).await? {
            match self.store().connections().token(&record.id).await {
                Ok(Some((record, material))) => {
                    views.push(view(&record, now));
                    entries.push(entry(record, material));
                }
                Ok(None) => {}
                Err(error @ smartlinks_store::StoreError::Seal(_)) => {
                    unreadable.push(error.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
        if entries.is_empty() {
            let problem = match unreadable.as_slice() {
                [] => "there is no connection with tokens".to_owned(),
                all => format!("no connection with tokens can be read: {}", all.join("; ")),
            };
            return Err(Error::invalid("export", problem));
        }
        let ids: Vec<&str> = views.iter().map(|view| view.id.as_str()).collect();
        let data = json!({ "connections": ids, "encrypted": encrypted });
        self.audit("connections.exported", None, None, OK, &data)
            .await?;
        let client = self.app().ready().ok().map(|app| &app.client);
        let content = Content {
            smartlinks_export: VERSION,
            exported_at_ms: now.0,
            gateway: client.map(|client| client.gateway().to_string()),
            app_key: client.map(|client| client.app_key().to_string()),
            connections: entries,
        };
        let content = serde_json::to_string_pretty(&content)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Export {
            content: content.into(),
            connections: views,
            unreadable,
        })
    }

    /// Takes the connections of an export in. Ids are kept where they are free; an account that is known keeps the id it
    /// has here. One that works here is left alone unless `replace` says that the export is newer.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is no export, or one of another app; [`Error::Storage`].
    pub async fn import_connections(&self, content: &str, replace: bool) -> Result<Vec<Imported>> {
        let content = read(content)?;
        self.refuse_of_another_app(&content).await?;
        let mut outcomes = Vec::new();
        for entry in content.connections {
            let (id, user_id) = (entry.id.clone(), entry.user_id.clone());
            let taken = self.import_one(entry, replace).await;
            let (connection, refused) = match taken {
                Ok(view) => (Some(view), None),
                Err(Error::Storage(error)) if error.is_storage_failure() => {
                    return Err(error.into());
                }
                Err(error) => (None, Some(error.to_string())),
            };
            outcomes.push(Imported {
                id,
                user_id,
                connection,
                refused,
            });
        }
        Ok(outcomes)
    }

    /// A pair works only for the app, and at the gateway, that it was made for. Whose this database is, it says itself
    /// where the configuration is not whole.
    async fn refuse_of_another_app(&self, content: &Content) -> Result<()> {
        let client = self.app().ready().ok().map(|app| &app.client);
        let key = match client {
            Some(client) => Some(client.app_key().to_string()),
            None => self.store().meta().stamped_app_key().await?,
        };
        let gateway = client.map(|client| client.gateway().to_string());
        let other =
            |theirs: &Option<String>, ours: Option<String>, same: fn(&str, &str) -> bool| {
                let (theirs, ours) = (theirs.clone()?, ours?);
                (!same(&theirs, &ours)).then_some((theirs, ours))
            };
        let problem = if let Some((theirs, ours)) = other(&content.app_key, key, |a, b| a == b) {
            format!(
                "the export is of app key {theirs} and this one works for {ours}; tokens of one app are worth nothing \
                 to another"
            )
        } else if let Some((theirs, ours)) = other(&content.gateway, gateway, same_gateway) {
            format!(
                "the export is of the gateway {theirs} and this one works with {ours}; tokens of one are worth nothing \
                 at another"
            )
        } else {
            return Ok(());
        };
        Err(Error::invalid("file", problem))
    }

    async fn import_one(&self, entry: Entry, replace: bool) -> Result<ConnectionView> {
        let label = crate::connect::checked_label(entry.label.as_deref())?;
        let known = self
            .store()
            .connections()
            .find_by_account(&entry.user_id)
            .await?;
        if let Some(held) = &known {
            let works = matches!(held.state, StoredState::Active | StoredState::Degraded);
            if works && !replace {
                return Err(Error::NewerPairHeld(held.id.clone()));
            }
        }
        let (id, (account, pair)) = (entry.id.clone(), self.parts(entry));
        if known.is_some() {
            return Ok(self
                .connect_pair(pair, account, Destination::named(label.as_deref()))
                .await?);
        }
        self.connect_as(&id, account, label, pair).await
    }

    /// Under its own id where that is free.
    async fn connect_as(
        &self,
        id: &str,
        account: Account,
        label: Option<String>,
        pair: NewPair,
    ) -> Result<ConnectionView> {
        let wanted: Option<ConnectionId> = id.parse().ok();
        let free = match &wanted {
            Some(id) => self.store().connections().find(id).await?.is_none(),
            None => false,
        };
        let Some(id) = wanted.filter(|_| free) else {
            return Ok(self
                .connect_pair(pair, account, Destination::named(label.as_deref()))
                .await?);
        };
        let now = to_millis(self.now());
        let data = json!({ "generation": 1, "imported": true });
        let change = self.told(now, EventKind::ConnectionConnected, &id, &data);
        let new = NewConnection {
            id,
            label,
            account,
            pair,
        };
        let record = self.store().connections().connect(new, change).await?;
        self.announce().await;
        if record.is_default {
            self.write_token_file().await;
        }
        Ok(view(&record, now))
    }

    fn parts(&self, entry: Entry) -> (Account, NewPair) {
        let moment = |at: Option<i64>| {
            at.map(Millis)
                .filter(|at| at.0 > 0 && from_millis(*at).is_some())
        };
        let now = to_millis(self.now());
        let (works_until, sign_in_again_by) = (
            moment(entry.works_until_ms),
            moment(entry.sign_in_again_by_ms),
        );
        let refreshable = entry.refresh_token.is_some();
        let planned = next_refresh_at(
            now,
            works_until,
            sign_in_again_by,
            refreshable,
            self.jitter(),
        );
        let pair = NewPair {
            material: TokenMaterial {
                access_token: entry.access_token.0,
                refresh_token: entry.refresh_token.map(|token| token.0),
            },
            obtained_at: moment(entry.obtained_at_ms).unwrap_or(now),
            works_until,
            sign_in_again_by,
            next_refresh_at: planned.or(refreshable.then_some(now)),
        };
        let account = Account {
            user_id: entry.user_id,
            seller_id: entry.seller_id,
            havana_id: entry.havana_id,
            account_id: entry.account_id,
            nick: entry.nick,
            platform: entry.platform,
            sp: entry.sp,
            locale: entry.locale,
        };
        (account, pair)
    }
}

fn entry(record: Connection, material: TokenMaterial) -> Entry {
    let account = record.account;
    Entry {
        id: record.id.to_string(),
        label: record.label,
        is_default: record.is_default,
        user_id: account.user_id,
        seller_id: account.seller_id,
        havana_id: account.havana_id,
        account_id: account.account_id,
        nick: account.nick,
        platform: account.platform,
        sp: account.sp,
        locale: account.locale,
        generation: record.generation,
        obtained_at_ms: record.obtained_at.map(|at| at.0),
        works_until_ms: record.works_until.map(|at| at.0),
        sign_in_again_by_ms: record.sign_in_again_by.map(|at| at.0),
        access_token: Token(material.access_token),
        refresh_token: material.refresh_token.map(Token),
    }
}

/// The sandbox moves with its state from port to port.
fn same_gateway(one: &str, other: &str) -> bool {
    let is_local = |address: &str| {
        let host = url::Url::parse(address).ok();
        let host = host.and_then(|url| url.host().map(|host| host.to_owned()));
        match host {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        }
    };
    one == other || (is_local(one) && is_local(other))
}

/// The default comes first, so that it becomes the default where there is none.
fn read(text: &str) -> Result<Content> {
    let content: Content = serde_json::from_str(text).map_err(|error| {
        // The parser's message may hold a piece of a token; the place is enough.
        let place = format!("line {}, column {}", error.line(), error.column());
        Error::invalid("file", format!("not an export of connections: {place}"))
    })?;
    if content.smartlinks_export != VERSION {
        let problem = "the export was made by a newer smartlinks; take it in with that version";
        return Err(Error::invalid("file", problem));
    }
    let mut content = content;
    content.connections.sort_by_key(|entry| !entry.is_default);
    Ok(content)
}
