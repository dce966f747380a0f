//! API keys: shown once, recognised from memory, stopped everywhere, and what they are used for is written down.

use std::time::Duration;

use anyhow::{Context, Result};
use sha2::{Digest as _, Sha256};
use smartlinks_core::store::{Actor, ActorKind, AuditFilter, Millis};
use smartlinks_core::{
    ApiKeyState, Core, CreateApiKey, CreatedApiKey, Error, Grantable, KeyRefusal, Scope, to_millis,
};
use testkit::app::App;
use tokio_util::sync::CancellationToken;

const DAY: i64 = 86_400;

fn with(scopes: &[Scope]) -> CreateApiKey {
    CreateApiKey {
        name: "Shop".to_owned(),
        scopes: scopes.iter().copied().collect(),
        expires_at: None,
        grantable: Grantable::everything(),
    }
}

fn lasting(days: i64, core: &Core) -> CreateApiKey {
    CreateApiKey {
        expires_at: Some(core.now() + jiff::SignedDuration::from_hours(24 * days)),
        ..with(&[Scope::Read])
    }
}

async fn made(core: &Core, create: CreateApiKey) -> Result<CreatedApiKey> {
    Ok(core.create_api_key(create).await?)
}

async fn refused(core: &Core, key: &str) -> Result<Option<KeyRefusal>> {
    Ok(core.authenticate(key).await?.err())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_its_scopes_say_and_is_kept_as_a_hash_only() -> Result<()> {
    let app = App::start().await?;
    let key = made(&app.core, with(&[Scope::Token, Scope::Read])).await?;
    let text = key.key.reveal();
    let holder = app
        .core
        .authenticate(text)
        .await?
        .map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
    assert_eq!(&*holder.id, key.view.id);
    assert_eq!(&*holder.name, "Shop");
    assert_eq!(holder.scopes.to_string(), "read token");
    assert!(text.starts_with(&key.view.prefix));

    let secret = &text[13..56];
    let told = format!(
        "{key:?} {holder:?} {:?} {:?}",
        app.core.api_keys().await?,
        app.core.latest_events(50).await?
    );
    assert!(!told.contains(secret), "{told}");
    app.core.store().close().await;
    for file in std::fs::read_dir(&app.data)? {
        let bytes = std::fs::read(file?.path())?;
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "the secret part of a key was written down");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_be_refused_has_its_name() -> Result<()> {
    let (app, elsewhere) = (App::start().await?, App::start().await?);
    let core = &app.core;
    let brief = made(core, lasting(1, core)).await?;
    let ended = made(core, with(&[Scope::Read])).await?;
    let foreign = made(&elsewhere.core, with(&[Scope::Read])).await?;
    assert_eq!(refused(core, brief.key.reveal()).await?, None);

    assert_eq!(refused(core, "").await?, Some(KeyRefusal::NotAKey));
    assert_eq!(refused(core, "slk_x").await?, Some(KeyRefusal::NotAKey));
    let mut mistyped = ended.key.reveal().to_owned();
    let last = if mistyped.ends_with('0') { "1" } else { "0" };
    mistyped.replace_range(mistyped.len() - 1.., last);
    assert_eq!(refused(core, &mistyped).await?, Some(KeyRefusal::Mistyped));
    let unknown = refused(core, foreign.key.reveal()).await?;
    assert_eq!(unknown, Some(KeyRefusal::Unknown));

    core.revoke_api_key(&ended.view.id).await?;
    let revoked = refused(core, ended.key.reveal()).await?;
    assert_eq!(revoked, Some(KeyRefusal::Revoked));
    app.advance(DAY - 1);
    assert_eq!(refused(core, brief.key.reveal()).await?, None);
    app.advance(1);
    let expired = refused(core, brief.key.reveal()).await?;
    assert_eq!(expired, Some(KeyRefusal::Expired));

    for (id, state) in [
        (&brief.view.id, ApiKeyState::Expired),
        (&ended.view.id, ApiKeyState::Revoked),
    ] {
        assert_eq!(core.api_key(id).await?.state, state);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_expired_tells_so_only_to_whoever_has_all_of_it() -> Result<()> {
    let app = App::start().await?;
    let expired = made(&app.core, lasting(1, &app.core)).await?;
    let revoked = made(&app.core, lasting(9, &app.core)).await?;
    let other = made(&app.core, lasting(9, &app.core)).await?;
    app.core.revoke_api_key(&revoked.view.id).await?;
    app.advance(2 * DAY);
    for (key, told) in [
        (&expired, KeyRefusal::Expired),
        (&revoked, KeyRefusal::Revoked),
    ] {
        let whole = key.key.reveal();
        assert_eq!(with_check(&whole[..56]), whole, "the check value is ours");
        assert_eq!(refused(&app.core, whole).await?, Some(told));
        // The prefix with the secret of another key, and the check value that anybody can work out: as an outsider who
        // has seen a prefix would try.
        let spliced = with_check(&format!("{}{}", &whole[..13], &other.key.reveal()[13..56]));
        let refusal = refused(&app.core, &spliced).await?;
        assert_eq!(refusal, Some(KeyRefusal::Unknown), "beside {told:?}");
    }
    Ok(())
}

/// The key of this beginning: behind it comes the check value, 32 bits of SHA-256 as six digits.
fn with_check(body: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let hash = Sha256::digest(body.as_bytes());
    let mut number = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]) as usize;
    let mut check = String::new();
    for _ in 0..6 {
        check.insert(0, char::from(DIGITS[number % 62]));
        number /= 62;
    }
    format!("{body}{check}")
}

/// Waits until something holds, for a second at most.
async fn within_a_second<F: Future<Output = Result<bool>>>(holds: impl Fn() -> F) -> Result<()> {
    tokio::time::timeout(Duration::from_secs(1), async {
        while !holds().await? {
            tokio::task::yield_now().await;
        }
        Ok(())
    })
    .await
    .context("it took more than a second")?
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_stops_on_every_instance_within_a_second() -> Result<()> {
    let app = App::start().await?;
    let other = app.beside().await?;
    let stop = CancellationToken::new();
    for core in [&app.core, &other.core] {
        let (core, stop) = (core.clone(), stop.clone());
        tokio::spawn(async move { core.run_follower(stop).await });
    }
    let key = made(&app.core, with(&[Scope::Read])).await?;
    // A key made elsewhere a moment ago holds at once.
    assert_eq!(refused(&other.core, key.key.reveal()).await?, None);
    app.core.revoke_api_key(&key.view.id).await?;
    let here = refused(&app.core, key.key.reveal()).await?;
    assert_eq!(here, Some(KeyRefusal::Revoked));
    within_a_second(|| async {
        Ok(refused(&other.core, key.key.reveal()).await? == Some(KeyRefusal::Revoked))
    })
    .await?;
    stop.cancel();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn recognising_a_key_asks_the_database_for_no_key() -> Result<()> {
    let app = App::start().await?;
    let key = made(&app.core, lasting(1, &app.core)).await?;
    assert_eq!(refused(&app.core, key.key.reveal()).await?, None);
    // Past all use cases, so that nobody is told: whoever asks the table finds nothing any more.
    let keys = app.core.store().api_keys();
    assert_eq!(keys.prune_keys(Millis(i64::MAX)).await?, 1);
    for _ in 0..100 {
        assert_eq!(refused(&app.core, key.key.reveal()).await?, None);
    }
    // Any event about keys has the table read again.
    made(&app.core, with(&[Scope::Read])).await?;
    let gone = refused(&app.core, key.key.reveal()).await?;
    assert_eq!(gone, Some(KeyRefusal::Unknown));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_use_is_shown_at_once_and_written_down() -> Result<()> {
    let app = App::start().await?;
    let key = made(&app.core, with(&[Scope::Read])).await?;
    assert_eq!(key.view.last_used_at, None);
    app.advance(30);
    let used_at = app.core.now();
    assert_eq!(refused(&app.core, key.key.reveal()).await?, None);
    let shown = app.core.api_key(&key.view.id).await?.last_used_at;
    assert_eq!(shown.map(to_millis), Some(to_millis(used_at)));
    // A refused use is none.
    app.advance(30);
    app.core.revoke_api_key(&key.view.id).await?;
    assert!(refused(&app.core, key.key.reveal()).await?.is_some());

    let other = app.beside().await?;
    assert_eq!(other.core.api_key(&key.view.id).await?.last_used_at, None);
    app.core.drain().await;
    let elsewhere = other.core.api_key(&key.view.id).await?.last_used_at;
    assert_eq!(elsewhere.map(to_millis), Some(to_millis(used_at)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_key_is_refused_with_the_reason() -> Result<()> {
    let app = App::start().await?;
    let core = &app.core;
    let field_of = |error: &Error| match error {
        Error::Invalid { field, .. } => *field,
        other => panic!("{other}"),
    };
    for name in ["", "  ", "a\nb", &"x".repeat(81), "slk_abc"] {
        let wrong = CreateApiKey {
            name: name.to_owned(),
            ..with(&[Scope::Read])
        };
        let error = core.create_api_key(wrong).await.err().context("taken")?;
        assert_eq!(field_of(&error), "name");
    }
    let error = core
        .create_api_key(with(&[]))
        .await
        .err()
        .context("taken")?;
    assert_eq!(field_of(&error), "scopes");
    for days in [-1, 0, 4000] {
        let error = core
            .create_api_key(lasting(days, core))
            .await
            .err()
            .context("taken")?;
        assert_eq!(field_of(&error), "expires_at");
    }
    // A key passes on only what it holds itself.
    let greedy = CreateApiKey {
        grantable: Grantable {
            scopes: [Scope::Admin].into_iter().collect(),
            until: None,
        },
        ..with(&[Scope::Admin, Scope::Token])
    };
    let error = core.create_api_key(greedy).await.err().context("taken")?;
    assert!(
        matches!(error, Error::ScopeNotHeld(Scope::Token)),
        "{error}"
    );
    assert!(core.api_keys().await?.is_empty());
    for unknown in ["", "key_1", "conn_1", "../../etc"] {
        let error = core.revoke_api_key(unknown).await.err().context("taken")?;
        assert!(matches!(error, Error::UnknownApiKey(_)), "{error}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn making_and_ending_a_key_leave_their_traces_once() -> Result<()> {
    let app = App::start().await?;
    let operator = Actor {
        name: Some("Ada".to_owned()),
        ..Actor::of(ActorKind::Operator)
    };
    let core = app.core.acting_as(operator);
    let key = made(&core, with(&[Scope::Read])).await?;
    assert_eq!(key.view.created_by_kind, "operator");
    assert_eq!(key.view.created_by.as_deref(), Some("Ada"));
    let first = core.revoke_api_key(&key.view.id).await?;
    app.advance(60);
    let second = core.revoke_api_key(&key.view.id).await?;
    assert_eq!(first.revoked_at, second.revoked_at);

    let entries = core
        .store()
        .audit()
        .page(&AuditFilter::default(), None, 10)
        .await?;
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (
                entry.action.as_str(),
                entry.subject.as_deref(),
                entry.actor.name.as_deref(),
            )
        })
        .collect();
    let subject = Some(key.view.id.as_str());
    assert_eq!(
        told,
        [
            ("api_key.revoked", subject, Some("Ada")),
            ("api_key.created", subject, Some("Ada"))
        ]
    );
    let kinds: Vec<_> = core
        .latest_events(10)
        .await?
        .into_iter()
        .map(|event| event.kind)
        .collect();
    assert_eq!(kinds, ["api_key.revoked", "api_key.created"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn vends_are_audited_for_each_key_and_minute() -> Result<()> {
    let app = App::start().await?;
    let connection = app.connect().await?.parse()?;
    let caller = |id: &str| {
        app.core.acting_as(Actor {
            id: Some(id.to_owned()),
            name: Some(format!("name of {id}")),
            ..Actor::of(ActorKind::ApiKey)
        })
    };
    let (one, two) = (caller("key_1"), caller("key_2"));
    for _ in 0..3 {
        one.note_vend(&connection);
    }
    two.note_vend(&connection);
    app.advance(60);
    one.note_vend(&connection);
    one.note_vend(&connection);
    app.core.drain().await;
    let filter = AuditFilter {
        action: Some("token.vended".to_owned()),
        ..AuditFilter::default()
    };
    let entries = app.core.store().audit().page(&filter, None, 10).await?;
    let mut told = Vec::new();
    for entry in entries {
        let data: serde_json::Value = serde_json::from_str(&entry.data_json)?;
        assert_eq!(entry.connection.as_ref(), Some(&connection));
        told.push((
            entry.actor.id.context("no id")?,
            data["count"].as_i64().context("no count")?,
            entry.at.0 / 60_000 - testkit::app::NOON_MS / 60_000,
        ));
    }
    told.sort();
    let expected = [("key_1", 2, 1), ("key_1", 3, 0), ("key_2", 1, 0)];
    assert_eq!(
        told,
        expected.map(|(id, count, minute)| (id.to_owned(), count, minute))
    );
    Ok(())
}

/// R32: whoever has stolen a key is seen beside its owner, and is found by the time of what happened.
#[tokio::test(flavor = "multi_thread")]
async fn vends_are_audited_for_each_address() -> Result<()> {
    let app = App::start().await?;
    let connection = app.connect().await?.parse()?;
    let from = |address: &str| {
        app.core.acting_as(Actor {
            id: Some("key_1".to_owned()),
            address: Some(address.to_owned()),
            ..Actor::of(ActorKind::ApiKey)
        })
    };
    from("10.0.0.5").note_vend(&connection);
    from("10.0.0.5").note_vend(&connection);
    app.advance(59);
    from("198.51.100.9").note_vend(&connection);
    app.core.drain().await;
    let filter = AuditFilter {
        action: Some("token.vended".to_owned()),
        since: Some(Millis(to_millis(app.core.now()).0 - 29_000)),
        ..AuditFilter::default()
    };
    let log = app.core.store().audit();
    let entries = log.page(&filter, None, 10).await?;
    let addresses: Vec<_> = entries
        .iter()
        .map(|entry| entry.actor.address.as_deref())
        .collect();
    assert_eq!(addresses, [Some("198.51.100.9")]);
    let everything = AuditFilter {
        since: None,
        ..filter
    };
    assert_eq!(log.page(&everything, None, 10).await?.len(), 2);
    Ok(())
}
