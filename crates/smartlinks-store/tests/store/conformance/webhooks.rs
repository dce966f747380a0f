use std::collections::BTreeSet;
use std::sync::Arc;

use secrecy::ExposeSecret;
use smartlinks_store::{
    Attempt, DeliveryFilter, DeliveryState, DisabledReason, Disabling, Endpoint, EndpointChange,
    EndpointId, EndpointState, EventFilter, NewEndpoint, NewEvent, Store, SystemEntropy, Traces,
    Verdict,
};

use crate::support::*;

const MINUTE: i64 = 60_000;

fn new_endpoint(events: EventFilter) -> NewEndpoint {
    NewEndpoint {
        id: EndpointId::generate(NOW, &SystemEntropy).unwrap(),
        url: "https://shop.example/hook".to_owned(),
        description: None,
        events,
        secret: "whsec_first".to_owned().into(),
    }
}

async fn endpoint(store: &Arc<dyn Store>, events: EventFilter) -> Endpoint {
    store
        .add_endpoint(new_endpoint(events), NOW.into())
        .await
        .unwrap()
}

fn only(kinds: &[&str]) -> EventFilter {
    EventFilter::Only(kinds.iter().map(|kind| (*kind).to_owned()).collect())
}

fn event(kind: &str) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        connection: None,
        order: None,
        data_json: "{\"a\":1}".to_owned(),
        at: NOW,
    }
}

fn attempt(error: Option<&str>) -> Attempt {
    Attempt {
        number: 0,
        at: NOW,
        duration_ms: 12,
        status: Some(if error.is_some() { 500 } else { 204 }),
        error: error.map(str::to_owned),
        answer: Some("well".to_owned()),
    }
}

fn disabling(reason: DisabledReason) -> Disabling {
    Disabling {
        reason,
        traces: Traces::none().event(event("webhook.disabled")),
        url: "https://shop.example/hook".to_owned(),
        failing_since: None,
        otherwise: Some(NOW.plus(5_000)),
    }
}

async fn claim(store: &Arc<dyn Store>, message: &str) {
    let claimed = store.claim_delivery(message, "me", NOW.plus(MINUTE), NOW);
    claimed.await.unwrap().unwrap();
}

/// An endpoint, and a claimed delivery to it of each kind.
async fn claimed(store: &Arc<dyn Store>, kinds: &[&str]) -> (EndpointId, Vec<String>) {
    let id = endpoint(store, EventFilter::All).await.id;
    for kind in kinds {
        let event = Traces::none().event(event(kind));
        store.append(event).await.unwrap();
    }
    let due = store.due_deliveries(&id, NOW, 10).await.unwrap();
    for message in &due {
        claim(store, message).await;
    }
    (id, due)
}

async fn finish(store: &Arc<dyn Store>, message: &str, error: Option<&str>, verdict: Verdict) {
    let noted = store.finish_attempt(message, "me", attempt(error), verdict, NOW);
    assert!(noted.await.unwrap());
}

async fn kinds_at(store: &Arc<dyn Store>, id: &EndpointId) -> Vec<String> {
    let all = store
        .deliveries(id, DeliveryFilter::default(), 50)
        .await
        .unwrap();
    all.into_iter().map(|delivery| delivery.kind).collect()
}

async fn the_one(store: &Arc<dyn Store>, id: &EndpointId) -> String {
    let due = store.due_deliveries(id, NOW, 10).await.unwrap();
    assert_eq!(due.len(), 1);
    due[0].clone()
}

/// R29: an event and its deliveries become durable together, for those that asked for it and are active.
pub(crate) async fn an_event_is_queued_for_those_that_asked(stage: Stage) {
    let store = stage.open().await;
    store
        .append(Traces::none().event(event("connection.connected")))
        .await
        .unwrap();
    let all = endpoint(&store, EventFilter::All).await.id;
    let some = endpoint(&store, only(&["connection.expiring", "order.updated"]))
        .await
        .id;
    let none = endpoint(&store, only(&[])).await.id;
    let off = endpoint(&store, EventFilter::All).await.id;
    assert!(
        store
            .disable_endpoint(&off, DisabledReason::ByHand, NOW.into())
            .await
            .unwrap()
    );
    for kind in ["connection.expiring", "connection.refreshed", "order"] {
        store
            .append(Traces::none().event(event(kind)))
            .await
            .unwrap();
    }
    assert_eq!(
        kinds_at(&store, &all).await,
        ["order", "connection.refreshed", "connection.expiring"]
    );
    assert_eq!(kinds_at(&store, &some).await, ["connection.expiring"]);
    assert!(kinds_at(&store, &none).await.is_empty());
    assert!(kinds_at(&store, &off).await.is_empty());
    let ids: BTreeSet<String> = store
        .due_deliveries(&all, NOW, 10)
        .await
        .unwrap()
        .into_iter()
        .chain(store.due_deliveries(&some, NOW, 10).await.unwrap())
        .collect();
    assert_eq!(ids.len(), 4, "ids are not used twice: {ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("msg_")), "{ids:?}");
    assert_eq!(store.delivery_backlog().await.unwrap(), 4);
    let due: BTreeSet<EndpointId> = store
        .endpoints_due(NOW)
        .await
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(due, BTreeSet::from([all, some]));
    assert!(store.endpoints_due(NOW.plus(-1)).await.unwrap().is_empty());
}

/// R29: whatever the number of instances, a due delivery is attempted by one.
pub(crate) async fn a_delivery_is_claimed_by_exactly_one(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let id = endpoint(&stores[0], EventFilter::All).await.id;
    stores[0]
        .append(Traces::none().event(event("order.updated")))
        .await
        .unwrap();
    let message = the_one(&stores[0], &id).await;
    let claims: Vec<_> = (0..20)
        .map(|number| {
            let (store, message) = (stores[number % 2].clone(), message.clone());
            tokio::spawn(async move {
                store
                    .claim_delivery(&message, &format!("w{number}"), NOW.plus(MINUTE), NOW)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut won = Vec::new();
    for claim in claims {
        won.extend(claim.await.unwrap());
    }
    assert_eq!(won.len(), 1);
    let claimed = &won[0];
    assert_eq!(
        (claimed.id.as_str(), &claimed.endpoint),
        (message.as_str(), &id)
    );
    assert_eq!((claimed.attempts, claimed.attempts_since_queued), (0, 0));
    let told = claimed.event.as_ref().unwrap();
    assert_eq!(
        (told.kind.as_str(), told.data_json.as_str()),
        ("order.updated", "{\"a\":1}")
    );
    let store = &stores[1];
    assert!(store.endpoints_due(NOW).await.unwrap().is_empty());
    assert!(store.due_deliveries(&id, NOW, 9).await.unwrap().is_empty());
    assert_eq!(
        store.next_delivery_due().await.unwrap(),
        Some(NOW.plus(MINUTE))
    );
    // Nobody else may say how it ended, and the owner who died is followed by another.
    let stranger = store
        .finish_attempt(&message, "stranger", attempt(None), Verdict::Delivered, NOW)
        .await;
    assert!(!stranger.unwrap());
    let later = NOW.plus(MINUTE);
    let taken_over = store
        .claim_delivery(&message, "next", later.plus(MINUTE), later)
        .await;
    assert!(taken_over.unwrap().is_some());
}

/// R29: attempts are kept, and so is what follows from them.
pub(crate) async fn attempts_are_kept_and_a_resend_starts_anew(stage: Stage) {
    let store = stage.open().await;
    let id = endpoint(&store, EventFilter::All).await.id;
    store
        .append(Traces::none().event(event("order.updated")))
        .await
        .unwrap();
    let message = the_one(&store, &id).await;
    let mut now = NOW;
    for (error, verdict) in [
        (Some("http_500"), Verdict::Again(NOW.plus(5_000))),
        (Some("timeout"), Verdict::GivenUp),
    ] {
        store
            .claim_delivery(&message, "me", now.plus(MINUTE), now)
            .await
            .unwrap()
            .unwrap();
        assert!(
            store
                .finish_attempt(&message, "me", attempt(error), verdict, now)
                .await
                .unwrap()
        );
        now = NOW.plus(5_000);
    }
    let (delivery, attempts) = store.delivery(&message).await.unwrap().unwrap();
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::GivenUp, 2)
    );
    assert_eq!(delivery.finished_at, Some(now));
    let seen: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.number, attempt.error.as_deref()))
        .collect();
    assert_eq!(seen, [(1, Some("http_500")), (2, Some("timeout"))]);
    let health = store.endpoint(&id).await.unwrap().unwrap();
    assert_eq!(health.failing_since, Some(NOW), "the first failure counts");
    assert_eq!(health.last_failure.as_deref(), Some("timeout"));

    assert!(store.resend(&message, now.into()).await.unwrap());
    let again = store
        .claim_delivery(&message, "me", now.plus(MINUTE), now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((again.attempts, again.attempts_since_queued), (2, 0));
    assert!(
        !store.resend(&message, now.into()).await.unwrap(),
        "it is being sent"
    );
    let done = store
        .finish_attempt(&message, "me", attempt(None), Verdict::Delivered, now)
        .await;
    assert!(done.unwrap());
    let (delivery, attempts) = store.delivery(&message).await.unwrap().unwrap();
    assert_eq!(
        (delivery.state, attempts.len()),
        (DeliveryState::Delivered, 3)
    );
    let health = store.endpoint(&id).await.unwrap().unwrap();
    assert_eq!(
        (health.failing_since, health.last_success_at),
        (None, Some(now))
    );
    assert_eq!(store.prune_deliveries(now.plus(1)).await.unwrap(), 1);
    assert!(store.delivery(&message).await.unwrap().is_none());
}

/// R29: an endpoint that says 410 gets nothing more, what was queued for it ends, and the others are told.
pub(crate) async fn a_disabled_endpoint_ends_what_waits_for_it(stage: Stage) {
    let store = stage.open().await;
    let gone = endpoint(&store, EventFilter::All).await.id;
    let other = endpoint(&store, only(&["webhook.disabled"])).await.id;
    store
        .append(Traces::none().event(event("one")))
        .await
        .unwrap();
    store
        .append(Traces::none().event(event("two")))
        .await
        .unwrap();
    let due = store.due_deliveries(&gone, NOW, 10).await.unwrap();
    store
        .claim_delivery(&due[0], "me", NOW.plus(MINUTE), NOW)
        .await
        .unwrap()
        .unwrap();
    let verdict = Verdict::Disable(Box::new(disabling(DisabledReason::Gone)));
    assert!(
        store
            .finish_attempt(&due[0], "me", attempt(Some("http_410")), verdict, NOW)
            .await
            .unwrap()
    );
    let kept = store.endpoint(&gone).await.unwrap().unwrap();
    assert_eq!(
        (kept.state, kept.disabled_reason),
        (EndpointState::Disabled, Some(DisabledReason::Gone))
    );
    let states: Vec<_> = store
        .deliveries(&gone, DeliveryFilter::default(), 10)
        .await
        .unwrap()
        .into_iter()
        .map(|delivery| delivery.state)
        .collect();
    assert_eq!(states, [DeliveryState::Failed; 2]);
    assert_eq!(kinds_at(&store, &other).await, ["webhook.disabled"]);
    assert!(!store.resend(&due[1], NOW.into()).await.unwrap());
    assert!(
        store
            .queue_for(&gone, event("t"), Traces::none())
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.enable_endpoint(&gone, NOW.into()).await.unwrap());
    assert!(!store.enable_endpoint(&gone, NOW.into()).await.unwrap());
    assert!(store.resend(&due[1], NOW.into()).await.unwrap());
    assert_eq!(
        store.due_deliveries(&gone, NOW, 10).await.unwrap(),
        [due[1].clone()]
    );
    assert!(store.remove_endpoint(&gone, NOW.into()).await.unwrap());
    assert!(!store.remove_endpoint(&gone, NOW.into()).await.unwrap());
    assert!(store.delivery(&due[1]).await.unwrap().is_none());
}

/// Events that are stored while endpoints come and go are stored all the same.
pub(crate) async fn removing_an_endpoint_never_fails_an_event(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let writer = {
        let store = stores[0].clone();
        tokio::spawn(async move {
            for _ in 0..60 {
                store
                    .append(Traces::none().event(event("order.updated")))
                    .await
                    .unwrap();
            }
        })
    };
    while !writer.is_finished() {
        let id = endpoint(&stores[1], EventFilter::All).await.id;
        assert!(stores[1].remove_endpoint(&id, NOW.into()).await.unwrap());
    }
    writer.await.unwrap();
    assert_eq!(stores[0].latest(100).await.unwrap().len(), 60);
}

/// A test goes to one endpoint, whatever it asked for.
pub(crate) async fn a_test_event_goes_to_one_endpoint(stage: Stage) {
    let store = stage.open().await;
    let tested = endpoint(&store, only(&["order.updated"])).await.id;
    let other = endpoint(&store, EventFilter::All).await.id;
    let message = store
        .queue_for(&tested, event("webhook.test"), Traces::none())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(the_one(&store, &tested).await, message);
    assert!(kinds_at(&store, &other).await.is_empty());
}

/// R28, R14: secrets are sealed, one rotation of one version wins, and the former secret counts for a while.
pub(crate) async fn secrets_are_sealed_and_rotate_with_overlap(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let made = endpoint(&store, EventFilter::All).await;
    let (id, until) = (made.id.clone(), NOW.plus(HOUR));
    let shown = async |at| -> Vec<String> {
        let secrets = store.signing_secrets(&id, at).await.unwrap();
        secrets
            .iter()
            .map(|secret| secret.expose_secret().to_owned())
            .collect()
    };
    assert_eq!(shown(NOW).await, ["whsec_first"]);
    let rotate = async |secret: &str| {
        store
            .rotate_secret(&id, 1, secret.to_owned().into(), until, NOW.into())
            .await
            .unwrap()
    };
    let rotated = rotate("whsec_second").await.unwrap();
    assert_eq!(
        (rotated.secret_version, rotated.former_secret_until),
        (2, Some(until))
    );
    assert!(rotate("whsec_third").await.is_none(), "another was faster");
    assert_eq!(shown(NOW).await, ["whsec_second", "whsec_first"]);
    assert_eq!(shown(until).await, ["whsec_second"]);

    let mut raw = stage.raw().await;
    let read = |column: &str| format!("select {column} from webhook_endpoints where id = '{id}'");
    let sealed = raw.bytes(read("secret")).await.unwrap();
    assert!(!sealed.windows(5).any(|window| window == b"whsec"));
    let former = raw.bytes(read("former_secret")).await.unwrap();
    let put = format!("update webhook_endpoints set secret = $1 where id = '{id}'");
    raw.put_bytes(&put, former).await;
    let error = store.signing_secrets(&id, NOW).await.unwrap_err();
    assert!(error.to_string().contains("secret"), "{error}");
    raw.put_bytes(&put, sealed).await;

    // What signs no more is not kept.
    assert_eq!(
        store.forget_former_secrets(until.plus(-1)).await.unwrap(),
        0
    );

    // The key ring goes on to a new key, and the old one is not needed any more.
    let keyring = store.keyring();
    let old = stage.keys.active_id().to_owned();
    let new = keyring.add_key().await.unwrap();
    assert!(keyring.activate_key(&new, Traces::none()).await.unwrap());
    let mut from = None;
    loop {
        let step = keyring.reencrypt(from, 3).await.unwrap();
        assert_eq!(step.unreadable, Vec::<String>::new());
        from = step.next;
        if from.is_none() {
            break;
        }
    }
    assert!(keyring.retire_key(&old, Traces::none()).await.unwrap());
    assert_eq!(shown(NOW).await, ["whsec_second", "whsec_first"]);
    assert_eq!(store.forget_former_secrets(until).await.unwrap(), 1);
    assert_eq!(shown(NOW).await, ["whsec_second"]);
    assert!(raw.bytes(read("former_secret")).await.is_none());
}

pub(crate) async fn an_endpoint_is_changed_in_parts(stage: Stage) {
    let store = stage.open().await;
    let made = endpoint(&store, EventFilter::All).await;
    let change = EndpointChange {
        description: Some(Some("shop".to_owned())),
        ..EndpointChange::default()
    };
    let changed = store
        .change_endpoint(&made.id, change, NOW.plus(1).into())
        .await
        .unwrap()
        .unwrap();
    let expected = Endpoint {
        description: Some("shop".to_owned()),
        updated_at: NOW.plus(1),
        ..made.clone()
    };
    assert_eq!(changed, expected);
    let change = EndpointChange {
        url: Some("https://other.example/".to_owned()),
        description: Some(None),
        events: Some(only(&["b", "a"])),
    };
    store
        .change_endpoint(&made.id, change, NOW.into())
        .await
        .unwrap()
        .unwrap();
    let listed = store.endpoints().await.unwrap();
    let expected = Endpoint {
        url: "https://other.example/".to_owned(),
        events: only(&["a", "b"]),
        ..made
    };
    assert_eq!(listed, [expected]);
    let nobody = EndpointId::generate(NOW, &SystemEntropy).unwrap();
    let change = EndpointChange::default();
    assert!(
        store
            .change_endpoint(&nobody, change, NOW.into())
            .await
            .unwrap()
            .is_none()
    );
}

/// R29: several attempts run side by side. One that failed disables nothing that another has reached meanwhile, or
/// that a person has mended.
pub(crate) async fn an_endpoint_is_disabled_only_while_it_is_what_it_was(stage: Stage) {
    let store = stage.open().await;
    let (id, due) = claimed(&store, &["one", "two", "three", "four", "five"]).await;
    let state = async || store.endpoint(&id).await.unwrap().unwrap().state;
    let again = || Verdict::Again(NOW.plus(5_000));
    finish(&store, &due[0], Some("http_500"), again()).await;
    let failing = |reason| Disabling {
        failing_since: Some(NOW),
        ..disabling(reason)
    };
    // Another attempt was taken meanwhile.
    finish(&store, &due[1], None, Verdict::Delivered).await;
    let verdict = Verdict::Disable(Box::new(failing(DisabledReason::Failing)));
    finish(&store, &due[2], Some("http_500"), verdict).await;
    assert_eq!(state().await, EndpointState::Active);
    let (kept, _) = store.delivery(&due[2]).await.unwrap().unwrap();
    assert_eq!(
        (kept.state, kept.next_attempt_at),
        (DeliveryState::Pending, Some(NOW.plus(5_000)))
    );
    // The address was mended meanwhile: what the former one did is forgotten, and its 410 is not the new one's.
    let change = EndpointChange {
        url: Some("https://shop.example/new".to_owned()),
        ..EndpointChange::default()
    };
    let mended = store.change_endpoint(&id, change.clone(), NOW.into()).await;
    assert_eq!(mended.unwrap().unwrap().failing_since, None);
    let verdict = Disabling {
        otherwise: None,
        ..disabling(DisabledReason::Gone)
    };
    let verdict = Verdict::Disable(Box::new(verdict));
    finish(&store, &due[3], Some("http_410"), verdict).await;
    assert_eq!(state().await, EndpointState::Active);
    let (kept, _) = store.delivery(&due[3]).await.unwrap().unwrap();
    assert_eq!(kept.state, DeliveryState::GivenUp);
    // The same address written once more is no other.
    let same = store.change_endpoint(&id, change, NOW.into()).await;
    assert_eq!(same.unwrap().unwrap().failing_since, Some(NOW));
    // Nothing has changed: now it is so.
    let verdict = Disabling {
        url: "https://shop.example/new".to_owned(),
        ..failing(DisabledReason::Failing)
    };
    let verdict = Verdict::Disable(Box::new(verdict));
    finish(&store, &due[4], Some("http_500"), verdict).await;
    assert_eq!(state().await, EndpointState::Disabled);
    assert_eq!(store.latest(1).await.unwrap()[0].kind, "webhook.disabled");
}

/// R29: what this server could not send says nothing about who would have received it.
pub(crate) async fn a_fault_of_ours_says_nothing_of_the_endpoint(stage: Stage) {
    let store = stage.open().await;
    let made = endpoint(&store, EventFilter::All).await;
    store
        .append(Traces::none().event(event("one")))
        .await
        .unwrap();
    let message = the_one(&store, &made.id).await;
    claim(&store, &message).await;
    let again = Verdict::Again(NOW.plus(5_000));
    finish(&store, &message, Some(Attempt::UNABLE), again).await;
    assert_eq!(store.endpoint(&made.id).await.unwrap(), Some(made));
    let (_, attempts) = store.delivery(&message).await.unwrap().unwrap();
    assert_eq!(attempts[0].error.as_deref(), Some("unable"));
}

pub(crate) async fn what_is_held_hides_nothing_that_is_due_sooner(stage: Stage) {
    let store = stage.open().await;
    let (_, due) = claimed(&store, &["one", "two"]).await;
    let soon = NOW.plus(2_000);
    finish(&store, &due[1], Some("http_500"), Verdict::Again(soon)).await;
    assert_eq!(store.next_delivery_due().await.unwrap(), Some(soon));
}

/// R29: attempts end, endpoints are switched and deliveries are sent again at the same moment: nobody waits for
/// somebody who waits for them, and nothing is left waiting at an endpoint that is off.
pub(crate) async fn delivering_and_disabling_at_once_fails_neither(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let id = endpoint(&stores[0], EventFilter::All).await.id;
    for round in 0..40 {
        stores[0].enable_endpoint(&id, NOW.into()).await.unwrap();
        for kind in ["one", "two", "three"] {
            stores[0]
                .append(Traces::none().event(event(kind)))
                .await
                .unwrap();
        }
        let due = stores[0].due_deliveries(&id, NOW, 3).await.unwrap();
        claim(&stores[0], &due[0]).await;
        claim(&stores[0], &due[1]).await;
        claim(&stores[0], &due[2]).await;
        finish(&stores[0], &due[2], Some("http_500"), Verdict::GivenUp).await;
        let failing = disabling(DisabledReason::Gone);
        let (again, off) = (
            Verdict::Again(NOW.plus(1)),
            Verdict::Disable(Box::new(failing)),
        );
        let (ended, ended_too, switched, resent) = tokio::join!(
            stores[0].finish_attempt(&due[0], "me", attempt(Some("http_500")), again, NOW),
            stores[1].finish_attempt(&due[1], "me", attempt(Some("http_410")), off, NOW),
            stores[round % 2].disable_endpoint(&id, DisabledReason::ByHand, NOW.into()),
            stores[1].resend(&due[2], NOW.into()),
        );
        ended.unwrap();
        ended_too.unwrap();
        switched.unwrap();
        resent.unwrap();
        assert_eq!(stores[0].delivery_backlog().await.unwrap(), 0);
    }
}
