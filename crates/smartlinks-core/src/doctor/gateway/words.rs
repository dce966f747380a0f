//! What the answers of the gateway mean, in words.

use aliexpress::{AuthorizePage, TransportErrorKind};
use url::Url;

use super::super::finding::{Check, Finding, Mender};
use super::Known;
use super::answer::Answer;

/// Longest text of others that is repeated. Characters.
const SHORT: usize = 120;

pub(super) fn reached(known: &Known) -> Option<Finding> {
    let Answer::Silence(kind, detail) = known.first.as_ref()? else {
        let way = if known.tls {
            "over TLS, with a certificate that is trusted"
        } else {
            "over plain http on this machine, so there is no certificate to check"
        };
        let text = format!("the gateway answers, {way}");
        return Some(Finding::good(Check::Gateway, "gateway_reached", text));
    };
    let (code, what, fix) = unreached(*kind);
    let what = match detail {
        Some(detail) => format!("{what} ({})", crate::text::shortened(detail, SHORT)),
        None => what.to_owned(),
    };
    Some(
        Finding::problem(Check::Gateway, code, what)
            .since("no token can be renewed and nothing can be called; tokens that are stored go on working")
            .mend(Mender::Operator, fix),
    )
}

fn unreached(kind: TransportErrorKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        TransportErrorKind::Dns => (
            "gateway_not_resolved",
            "the name of the gateway cannot be resolved",
            "Check the network and the name server of this machine (/etc/resolv.conf), and --gateway.",
        ),
        TransportErrorKind::Tls => (
            "gateway_not_trusted",
            "the certificate of the gateway is not trusted",
            "Update the certificate authorities of this machine (package ca-certificates), check its clock, and let no \
             proxy that opens TLS stand in between.",
        ),
        TransportErrorKind::Timeout(_) => (
            "gateway_silent",
            "the gateway does not answer in time",
            "Check that outgoing https is allowed (firewall, proxy); if it is, try again later.",
        ),
        TransportErrorKind::Redirect => (
            "gateway_redirects",
            "the gateway answers with a redirect, which is never followed",
            "Check --gateway: something else than AliExpress answers there.",
        ),
        _ => (
            "gateway_not_reached",
            "no connection to the gateway",
            "Check the network, that outgoing https is allowed, and --gateway.",
        ),
    }
}

pub(super) fn secret(known: &Known) -> Option<Finding> {
    let why = "every call is refused until it is mended";
    Some(match known.first.as_ref()? {
        Answer::Accepted | Answer::NoPermission => Finding::good(
            Check::Secret,
            "secret_accepted",
            "the gateway accepts app key and signature",
        ),
        Answer::WrongSecret(code) => Finding::problem(
            Check::Secret,
            "secret_wrong",
            format!("the gateway refuses our signature ({code}): the app secret is not the one of this app key"),
        )
        .since(why)
        .mend(
            Mender::Operator,
            "Copy the App Secret of this app anew from the AliExpress console into ALIEXPRESS_APP_SECRET, without blanks \
             around it.",
        ),
        Answer::WrongKey(code) => Finding::problem(
            Check::Secret,
            "app_key_unknown",
            format!("the gateway does not know the app key ({code})"),
        )
        .since(why)
        .mend(
            Mender::Operator,
            "Copy the App Key from the AliExpress console (openservice.aliexpress.com) into ALIEXPRESS_APP_KEY; a new \
             app needs some minutes.",
        ),
        Answer::WrongAddress(code) => Finding::problem(
            Check::Secret,
            "address_not_allowed",
            format!("the gateway refuses calls from the address of this machine ({code})"),
        )
        .since(why)
        .mend(
            Mender::Operator,
            "Add the public address of this machine to the IP whitelist of the app in the AliExpress console, or \
             switch the list off.",
        ),
        Answer::Other(code) => Finding::note(
            Check::Secret,
            "secret_untold",
            format!(
                "the gateway answered {}, which does not tell whether the secret is right",
                crate::text::shortened(code, SHORT)
            ),
        ),
        Answer::WrongTime | Answer::Busy(_) | Answer::Silence(..) => Finding::note(
            Check::Secret,
            "secret_untold",
            "whether the secret is right shows only once the gateway looks at a call",
        ),
    })
}

pub(super) fn callback(known: &Known, callback: &Url) -> Option<Finding> {
    let compare = format!(
        "Compare it in the AliExpress console with ALIEXPRESS_CALLBACK_URL to the letter (scheme, host, port, path, \
         slash at the end): {callback}"
    );
    let unclear = |why: &str| {
        Finding::note(Check::Callback, "callback_untold", why)
            .mend(Mender::Operator, compare.clone())
    };
    Some(match known.page.as_ref()? {
        Ok(AuthorizePage::Accepted) => Finding::good(
            Check::Callback,
            "callback_registered",
            format!("the callback address {callback} is the registered one"),
        ),
        Ok(AuthorizePage::OtherCallback) => Finding::problem(
            Check::Callback,
            "callback_other",
            format!("AliExpress refuses the callback address {callback}: the app has another one"),
        )
        .since("nobody can sign in")
        .mend(Mender::Operator, compare),
        Ok(AuthorizePage::UnknownApp) => Finding::problem(
            Check::Callback,
            "app_key_unknown",
            "the authorize page does not know the app key",
        )
        .since("nobody can sign in")
        .mend(
            Mender::Operator,
            "Copy the App Key from the AliExpress console into ALIEXPRESS_APP_KEY, and leave --gateway at its default.",
        ),
        Ok(_) => unclear(
            "whether the callback address is the registered one cannot be told from outside: the page shows the same to \
             any address",
        ),
        Err(error) => unclear(&format!(
            "the authorize page could not be looked at: {}",
            crate::text::shortened(&error.to_string(), SHORT)
        )),
    })
}

pub(super) fn permissions(known: &Known) -> Vec<Finding> {
    let told = known.permissions.iter();
    told.filter_map(|(group, answer)| permission(group, answer))
        .collect()
}

fn permission(group: &str, answer: &Answer) -> Option<Finding> {
    let fix = format!(
        "Apply for the {group} permission group of the app in the AliExpress console; accounts that are connected sign \
         in again afterwards."
    );
    let what = format!("the app lacks the {group} permission group (InsufficientPermission)");
    Some(match (answer, group) {
        (Answer::Accepted, _) => Finding::good(
            Check::Permissions,
            "permission_held",
            format!("the app holds the {group} permission group"),
        ),
        (Answer::NoPermission, "affiliate") => Finding::warning(
            Check::Permissions,
            "permission_missing",
            what,
        )
        .since("affiliate links, hot products and commission orders are refused; all else works")
        .mend(Mender::Operator, fix),
        (Answer::NoPermission, _) => {
            Finding::problem(Check::Permissions, "permission_missing", what)
                .since("products, freight and orders are refused")
                .mend(Mender::Operator, fix)
        }
        _ => return None,
    })
}

pub(super) fn quota(known: &Known) -> Option<Finding> {
    let answers = || {
        known
            .first
            .iter()
            .chain(known.permissions.iter().map(|(_, answer)| answer))
    };
    let wait = answers().find_map(|answer| match answer {
        Answer::Busy(seconds) => Some(*seconds),
        _ => None,
    });
    if let Some(seconds) = wait {
        return Some(
            Finding::warning(
                Check::Quota,
                "calls_held_back",
                format!("AliExpress lets this app wait for another {seconds} s"),
            )
            .since("calls are held back until then, refreshes too")
            .mend(
                Mender::Operator,
                "Wait; if it comes back, call less often or apply for a higher quota in the AliExpress console.",
            ),
        );
    }
    let heard = answers().any(Answer::accepts_us);
    heard.then(|| {
        Finding::good(
            Check::Quota,
            "calls_free",
            "no ban and no quota is in the way",
        )
    })
}
