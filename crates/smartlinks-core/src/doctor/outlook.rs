//! What the connections say: the mode of the app, deadlines ahead, and who has to sign in again.

use smartlinks_store::Outlook;

use super::finding::{Check, Finding, Mender};
use super::{Database, Patient};
use crate::clock::{from_millis, to_millis};

const HOUR_MS: i64 = 3_600_000;
/// Access tokens of an app in test live a day; an hour more is for clocks that differ.
const LONGEST_TEST_LIFE_MS: i64 = 25 * HOUR_MS;
/// And its sign-ins hold two days. An online app's hold weeks, also when its last token is cut short by the deadline.
const LONGEST_TEST_WINDOW_MS: i64 = 72 * HOUR_MS;

pub(super) async fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Database::Open(store) = patient.database else {
        return Vec::new();
    };
    let outlook = match patient.outlook {
        Some(outlook) => Ok(outlook),
        None => store.connections().outlook(to_millis(patient.now)).await,
    };
    match outlook {
        // Said by the check of the database.
        Err(_) => Vec::new(),
        Ok(outlook) if outlook.connected() == 0 => vec![nobody()],
        Ok(outlook) => {
            let mut findings = vec![mode(&outlook)];
            findings.extend(sign_in(&outlook));
            findings
        }
    }
}

fn nobody() -> Finding {
    Finding::note(
        Check::SignIn,
        "nobody_connected",
        "no AliExpress account is connected; the mode of the app shows with the first one",
    )
    .mend(
        Mender::Merchant,
        "Authorise one on the tab Authentication, or with `smartlinks auth login`.",
    )
}

fn mode(outlook: &Outlook) -> Finding {
    let Some(life) = outlook.longest_life_ms else {
        let text = "the gateway has told no lifetime, so the mode of the app is unknown";
        return Finding::note(Check::AppMode, "app_mode_unknown", text);
    };
    let short = life <= LONGEST_TEST_LIFE_MS
        && outlook
            .longest_window_ms
            .is_none_or(|window| window <= LONGEST_TEST_WINDOW_MS);
    if !short {
        let text = format!(
            "the app is online: its access tokens live {} days",
            life / (24 * HOUR_MS)
        );
        return Finding::good(Check::AppMode, "app_online", text);
    }
    Finding::warning(
        Check::AppMode,
        "app_in_test",
        format!(
            "the app is in test mode: its access tokens live {} hours",
            (life + HOUR_MS / 2) / HOUR_MS
        ),
    )
    .since("every account has to sign in again every two days, and the app may call less often")
    .mend(
        Mender::Operator,
        "Apply for the status Online in the AliExpress console, then let the accounts sign in again.",
    )
}

fn sign_in(outlook: &Outlook) -> Vec<Finding> {
    let mut findings = Vec::new();
    if outlook.reauthorization_required > 0 {
        findings.push(
            Finding::problem(
                Check::SignIn,
                "sign_in_needed",
                format!(
                    "{} of {} connections have to sign in again",
                    outlook.reauthorization_required,
                    outlook.connected()
                ),
            )
            .since("nothing can be called for them once their last access token ends")
            .mend(
                Mender::Merchant,
                "Sign in again on the tab Authentication, or send the account a connect link.",
            ),
        );
    }
    if outlook.degraded > 0 {
        let text = format!(
            "the last refreshes of {} connections failed",
            outlook.degraded
        );
        findings.push(
            Finding::warning(Check::SignIn, "refreshes_fail", text)
                .since("their tokens still work, and are tried again by themselves")
                .mend(
                    Mender::Operator,
                    "Look at the last failure of each: `smartlinks connections list` and `connections show ID`.",
                ),
        );
    }
    let day = outlook
        .next_sign_in_by
        .and_then(from_millis)
        .map(|at| at.strftime("%Y-%m-%d %H:%M UTC").to_string());
    let week = outlook.sign_in_within[2];
    match day {
        Some(day) if week > 0 => findings.push(
            Finding::warning(
                Check::SignIn,
                "sign_in_soon",
                format!(
                    "{week} connections have to sign in again within 7 days, the first by {day}"
                ),
            )
            .since("refreshing does not move that deadline: only a person can")
            .mend(
                Mender::Merchant,
                "Sign in again on the tab Authentication, or send the account a connect link.",
            ),
        ),
        Some(day) => findings.push(Finding::good(
            Check::SignIn,
            "sign_in_far",
            format!("the next sign-in is due by {day}"),
        )),
        None => {}
    }
    findings
}
