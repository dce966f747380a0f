//! A budget of which only a part is ours.

use aliexpress::BudgetUse;

use super::*;

const NEVER: Duration = Duration::MAX;

fn usage(client: &Client) -> BudgetUse {
    let usage = client.budget_shares().usage();
    *usage
        .iter()
        .find(|budget| budget.method == ADDRESS)
        .unwrap()
}

#[test]
fn without_a_share_calls_wait_and_ask_for_one() {
    paused(async {
        let network = Network::new(&[Trip::default(); 3]);
        let client = client(&network, Arc::new(network.timer), patient());
        let shares = client.budget_shares();
        shares.hold_back(|_| 0);
        let calls = tokio::spawn({
            let (client, network) = (client.clone(), network.clone());
            async move { all(&client, &network, ADDRESS).await }
        });
        shares.wanted().await;
        tokio::time::sleep(seconds(5)).await;
        assert!(network.arrivals().is_empty());
        let seen = usage(&client);
        assert_eq!((seen.share, seen.occupied, seen.waiting), (0, 0, 3));
        assert_eq!((seen.per_second, seen.idle), (4, seconds(5)));

        shares.grant(ADDRESS, 1, NEVER);
        let outcomes = calls.await.unwrap();
        assert!(outcomes.iter().flatten().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(network.times(), [5000, 6000, 7000]);
    });
}

#[test]
fn a_share_ends_by_itself() {
    paused(async {
        let network = Network::new(&[Trip::default(); 4]);
        let policy = patient().longest_hold(seconds(10));
        let client = client(&network, Arc::new(network.timer), policy);
        let shares = client.budget_shares();
        shares.hold_back(|_| 0);
        let until = shares.running() + Duration::from_millis(1500);
        shares.grant(ADDRESS, 1, until);
        let outcomes = all(&client, &network, ADDRESS).await;
        assert_eq!(network.times(), [0, 1000]);
        assert_eq!(
            outcomes.iter().flatten().filter(|end| end.is_ok()).count(),
            2
        );
        assert_eq!((usage(&client).share, usage(&client).kept()), (0, 0));
        let held = outcomes.into_iter().flatten().find_map(Result::err);
        assert!(
            matches!(&held, Some(Error::Held(held)) if held.reason == HeldReason::Budget),
            "{held:?}"
        );
    });
}

#[test]
fn a_share_that_shrinks_counts_what_is_under_way_until_it_has_rested() {
    paused(async {
        let slow = Trip {
            there: 100,
            back: 400,
            ..Trip::default()
        };
        let network = Network::new(&[slow; 6]);
        let client = client(&network, Arc::new(network.timer), patient());
        let calls = tokio::spawn({
            let (client, network) = (client.clone(), network.clone());
            async move { all(&client, &network, ADDRESS).await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let shares = client.budget_shares();
        shares.grant(ADDRESS, 1, NEVER);
        let kept = |at: u64| {
            let client = client.clone();
            async move {
                let now = client.budget_shares().running();
                tokio::time::sleep(Duration::from_millis(at) - now).await;
                let seen = usage(&client);
                (seen.share, seen.occupied, seen.kept())
            }
        };
        assert_eq!(kept(450).await, (1, 4, 4), "under way");
        assert_eq!(kept(1450).await, (1, 4, 4), "resting");
        assert_eq!(kept(1550).await, (1, 1, 1), "given up");
        calls.await.unwrap();
        assert_eq!(network.times(), [100, 100, 100, 100, 1600, 3100]);
    });
}

#[test]
fn nobody_is_granted_more_than_the_method_allows() {
    paused(async {
        let network = Network::new(&[Trip::default(); 9]);
        let client = client(&network, Arc::new(network.timer), patient());
        client.budget_shares().grant(ADDRESS, 1000, NEVER);
        client
            .budget_shares()
            .grant("/auth/token/refresh", 1, NEVER);
        all(&client, &network, ADDRESS).await;
        assert_eq!(busiest_second(&network.arrivals()), 4);
        assert_eq!(client.budget_shares().usage().len(), 1);
    });
}

#[test]
fn one_call_per_second_is_what_a_command_may_take() {
    paused(async {
        let network = Network::new(&[Trip::default(); 3]);
        let client = client(&network, Arc::new(network.timer), patient());
        client.budget_shares().hold_back(|_| 1);
        all(&client, &network, PRODUCT).await;
        assert_eq!(network.times(), [0, 1000, 2000]);
    });
}
