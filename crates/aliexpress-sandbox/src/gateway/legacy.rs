//! The numbered errors of the predecessor (TOP), which backend errors have been seen in since.

use super::refusal::Refusal;

/// The same refusal under its number. Codes without one are those of the service behind: 15 with a sub code.
pub(super) fn numbered(refusal: &Refusal) -> Refusal {
    let parameter = quoted_name(&refusal.message);
    let (number, message) = match (&*refusal.code, parameter) {
        ("ApiCallLimit" | "AppApiCallLimit" | "AppCallLimit" | "SellerCallLimit" | "7", _) => {
            ("7", "App Call Limited")
        }
        ("ServiceUnavailable", _) => ("10", "Service Currently Unavailable"),
        ("InsufficientPermission" | "AppWhiteIpLimit", _) => ("11", "Insufficient ISV Permissions"),
        ("MissingParameter", "method") => ("21", "Missing Method"),
        ("InvalidApiPath", _) => ("22", "Invalid Method"),
        ("MissingParameter", "sign") => ("24", "Missing Signature"),
        ("IncompleteSignature" | "InvalidSignature", _) => ("25", "Invalid Signature"),
        ("IllegalAccessToken", _) => ("27", "Invalid Session"),
        ("MissingParameter", "app_key") => ("28", "Missing App Key"),
        ("InvalidAppKey" | "InvalidAppkey", _) => ("29", "Invalid App Key"),
        ("MissingParameter", "timestamp") => ("30", "Missing Timestamp"),
        ("IllegalTimestamp", _) => ("31", "Invalid Timestamp"),
        ("MissingParameter", _) => ("40", "Missing Required Arguments"),
        ("UnsupportedParamMapping", _) => ("41", "Invalid Arguments"),
        _ => ("15", "Remote service error"),
    };
    let sub = match number {
        "7" => Some((
            "accesscontrol.limited-by-api-access-count".into(),
            refusal.message.clone(),
        )),
        "40" => Some((
            format!("isv.missing-parameter:{parameter}").into(),
            refusal.message.clone(),
        )),
        "41" => Some((
            format!("isv.invalid-parameter:{parameter}").into(),
            refusal.message.clone(),
        )),
        "15" => refusal
            .sub
            .clone()
            .or_else(|| Some((refusal.code.clone(), refusal.message.clone()))),
        _ => None,
    };
    Refusal {
        code: number.into(),
        message: message.into(),
        sub,
        numeric: true,
        traced: false,
        ..refusal.clone()
    }
}

/// The first name in quotes, which is that of the parameter.
fn quoted_name(message: &str) -> &str {
    message.split('"').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_its_number_and_the_ban_stays_readable() {
        let number = |refusal: Refusal| numbered(&refusal).code.into_owned();
        assert_eq!(number(Refusal::named("IllegalAccessToken")), "27");
        assert_eq!(number(Refusal::missing("sign")), "24");
        assert_eq!(number(Refusal::missing("product_id")), "40");
        assert_eq!(number(Refusal::named("InternalError")), "15");
        let limited = numbered(&Refusal::call_limit("AppApiCallLimit", 77));
        let (sub_code, sub_message) = limited.sub.unwrap();
        assert!(sub_code.starts_with("accesscontrol.limited-by-"));
        assert!(sub_message.contains("last 77 seconds"));
        let remote = numbered(&Refusal::remote("isp.x", "why"));
        assert_eq!(remote.sub, Some(("isp.x".into(), "why".into())));
    }
}
