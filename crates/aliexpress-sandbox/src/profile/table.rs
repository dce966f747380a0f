//! The switches as data: what each accepts, and what it is about. The control API checks against it and
//! the control page draws its form from it.

use serde_json::Value;

/// Longest lifetime that can be set: 100 years, far from where milliseconds would overflow.
pub(crate) const LONGEST_S: i64 = 100 * 365 * 86_400;

/// What a switch accepts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Truth,
    /// One of these words.
    Words(&'static [&'static str]),
    /// Any of these words, as a list.
    Several(&'static [&'static str]),
    /// A whole number within these bounds.
    Number { least: i64, most: i64 },
    /// A list of names.
    Names,
    /// `"online"`, `"test"` or an object of seconds.
    Lifetimes,
}

/// One switch.
#[derive(Debug)]
pub(crate) struct Switch {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Short text in English and French.
    pub(crate) about: (&'static str, &'static str),
}

const fn switch(
    name: &'static str,
    kind: Kind,
    english: &'static str,
    french: &'static str,
) -> Switch {
    Switch {
        name,
        kind,
        about: (english, french),
    }
}

const SECONDS: Kind = Kind::Number {
    least: 0,
    most: LONGEST_S,
};

/// Every switch, in the order of the documentation. Of words, the first is the default.
pub(crate) static SWITCHES: [Switch; 46] = [
    switch(
        "lifetimes",
        Kind::Lifetimes,
        "Token lifetimes",
        "Durées de vie des jetons",
    ),
    switch(
        "rotate_refresh_token",
        Kind::Truth,
        "A refresh changes the refresh token",
        "Un renouvellement change le jeton de renouvellement",
    ),
    switch(
        "old_access_valid",
        Kind::Truth,
        "Replaced access tokens still work",
        "Les jetons d'accès remplacés marchent encore",
    ),
    switch(
        "old_refresh_valid",
        Kind::Truth,
        "Replaced refresh tokens still work",
        "Les jetons de renouvellement remplacés marchent encore",
    ),
    switch(
        "reuse_ends_grant",
        Kind::Truth,
        "Using a replaced refresh token ends its authorisation",
        "Réutiliser un jeton remplacé met fin à l'autorisation",
    ),
    switch(
        "clip_access_at_refresh",
        Kind::Truth,
        "Access tokens end with the refresh window at the latest",
        "Le jeton d'accès finit au plus tard avec la fenêtre de renouvellement",
    ),
    switch(
        "second_authorisation_ends_first",
        Kind::Truth,
        "A second authorisation ends the first",
        "Une deuxième autorisation met fin à la première",
    ),
    switch(
        "code_life_s",
        SECONDS,
        "Life of a code (seconds)",
        "Durée de vie d'un code (secondes)",
    ),
    switch(
        "code_form",
        Kind::Words(&["with_app_key", "older", "short"]),
        "Form of codes",
        "Forme des codes",
    ),
    switch(
        "uuid",
        Kind::Words(&["refused", "ignored"]),
        "uuid in the token call",
        "uuid dans l'appel de jeton",
    ),
    switch(
        "token_calls",
        Kind::Words(&["get_and_post", "post_only"]),
        "How token calls may be sent",
        "Envoi des appels de jeton",
    ),
    switch(
        "omit",
        Kind::Names,
        "Fields left out of token answers",
        "Champs absents des réponses de jeton",
    ),
    switch(
        "deny_redirects_with_error",
        Kind::Truth,
        "A refused login goes back with an error",
        "Un refus revient avec une erreur",
    ),
    switch(
        "missing_redirect_uri",
        Kind::Words(&["registered", "refused"]),
        "Login page without redirect_uri",
        "Page de connexion sans redirect_uri",
    ),
    switch(
        "redirect_uri_match",
        Kind::Words(&["exact", "below"]),
        "How redirect_uri is compared",
        "Comparaison de redirect_uri",
    ),
    switch(
        "whitelist",
        Kind::Names,
        "Accounts that may authorise (empty: all)",
        "Comptes qui peuvent autoriser (vide : tous)",
    ),
    switch(
        "permissions",
        Kind::Several(&["dropshipping", "affiliate"]),
        "Permission groups of the app",
        "Groupes de permissions de l'application",
    ),
    switch(
        "check_order",
        Kind::Words(&["default", "path_first", "signature_first"]),
        "Order of the checks",
        "Ordre des contrôles",
    ),
    switch(
        "call_without_method",
        Kind::Words(&["error", "html"]),
        "Answer of /sync to a call without method",
        "Réponse de /sync à un appel sans méthode",
    ),
    switch(
        "check_timestamp",
        Kind::Words(&["real", "virtual"]),
        "Clock for timestamps",
        "Horloge des horodatages",
    ),
    switch(
        "timestamp_tolerance_s",
        SECONDS,
        "Tolerance of timestamps (seconds)",
        "Tolérance des horodatages (secondes)",
    ),
    switch(
        "civil_timestamps",
        Kind::Truth,
        "yyyy-MM-dd HH:mm:ss is accepted",
        "yyyy-MM-dd HH:mm:ss est accepté",
    ),
    switch(
        "seconds_timestamps",
        Kind::Truth,
        "Seconds without milliseconds are accepted",
        "Les secondes sans millisecondes sont acceptées",
    ),
    switch(
        "empty_params",
        Kind::Words(&["either", "signed", "skipped"]),
        "Empty parameters in the signed text",
        "Paramètres vides dans le texte signé",
    ),
    switch(
        "legacy_signatures",
        Kind::Words(&["accepted", "refused"]),
        "md5 and hmac on /sync",
        "md5 et hmac sur /sync",
    ),
    switch(
        "rate_limits",
        Kind::Words(&["off", "enforced"]),
        "Call budgets",
        "Budgets d'appels",
    ),
    switch(
        "daily_quota",
        Kind::Number {
            least: 0,
            most: 1_000_000_000,
        },
        "Calls of an API per day, when enforced",
        "Appels d'une API par jour, si appliqués",
    ),
    switch(
        "simplify",
        Kind::Words(&["with_format_json", "alone", "ignored"]),
        "What simplify=true needs",
        "Ce qu'il faut à simplify=true",
    ),
    switch(
        "simplify_drops",
        Kind::Words(&["both", "lists", "wrapper"]),
        "What simplify drops",
        "Ce que simplify enlève",
    ),
    switch(
        "lists",
        Kind::Words(&["wrapped", "single_as_object", "plain"]),
        "Form of lists",
        "Forme des listes",
    ),
    switch(
        "numbers",
        Kind::Words(&["number", "string"]),
        "Form of numbers",
        "Forme des nombres",
    ),
    switch(
        "trace_ids",
        Kind::Words(&["as_recorded", "present", "absent"]),
        "_trace_id_ in answers",
        "_trace_id_ dans les réponses",
    ),
    switch(
        "error_codes",
        Kind::Words(&["text", "numeric"]),
        "Form of error codes on /sync",
        "Forme des codes d'erreur sur /sync",
    ),
    switch(
        "error_types",
        Kind::Words(&["as_listed", "as_headed", "absent"]),
        "type of errors",
        "type des erreurs",
    ),
    switch(
        "app_key_error",
        Kind::Words(&["InvalidAppKey", "InvalidAppkey"]),
        "Spelling of the app key error",
        "Orthographe de l'erreur de clé",
    ),
    switch(
        "auto_pay",
        Kind::Words(&["works", "fails"]),
        "Automatic payment",
        "Paiement automatique",
    ),
    switch(
        "repeated_order",
        Kind::Words(&["answered", "refused"]),
        "An order that is placed again under its own number",
        "Une commande passée une nouvelle fois sous son propre numéro",
    ),
    switch(
        "commission_cursor",
        Kind::Words(&["max", "min"]),
        "Index that continues a list of commissions",
        "Index qui continue une liste de commissions",
    ),
    switch(
        "image_search_form",
        Kind::Words(&["guide", "data_data", "table"]),
        "Rows of image search",
        "Lignes de la recherche par image",
    ),
    switch(
        "recommend_feed_form",
        Kind::Words(&["direct", "resp_result"]),
        "Page of a feed's products",
        "Page des produits d'un flux",
    ),
    switch(
        "sku_detail_form",
        Kind::Words(&["beside", "inside"]),
        "Success marker of SKU details",
        "Marque de réussite du détail des SKU",
    ),
    switch(
        "address_form",
        Kind::Words(&["object", "list"]),
        "Provinces and cities of a country",
        "Provinces et villes d'un pays",
    ),
    switch(
        "push_timestamps",
        Kind::Words(&["seconds", "milliseconds"]),
        "Timestamps of push messages",
        "Horodatage des messages",
    ),
    switch(
        "push_deadline_ms",
        Kind::Number {
            least: 1,
            most: 60_000,
        },
        "Time to answer a push (ms)",
        "Délai de réponse à un message (ms)",
    ),
    switch(
        "push_retry_s",
        Kind::Number {
            least: 1,
            most: LONGEST_S,
        },
        "Time between push attempts (seconds)",
        "Délai entre les envois (secondes)",
    ),
    switch(
        "push_retries",
        Kind::Number {
            least: 0,
            most: 1000,
        },
        "Push attempts after the first",
        "Envois après le premier",
    ),
];

pub(crate) fn find(name: &str) -> Option<&'static Switch> {
    SWITCHES.iter().find(|switch| switch.name == name)
}

impl Switch {
    /// Says what is wrong with a value, and what would be right.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        let name = self.name;
        let fits = match self.kind {
            Kind::Truth => value.is_boolean(),
            Kind::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Kind::Several(words) => value.as_array().is_some_and(|list| {
                let known = |item: &Value| item.as_str().is_some_and(|word| words.contains(&word));
                list.iter().all(known)
            }),
            Kind::Number { least, most } => value
                .as_i64()
                .is_some_and(|number| (least..=most).contains(&number)),
            Kind::Names => value
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_string)),
            Kind::Lifetimes => is_lifetimes(value),
        };
        if fits {
            Ok(())
        } else {
            Err(format!("{name}: {value} is not {}", self.accepted()))
        }
    }

    /// What the switch accepts, in words.
    pub(crate) fn accepted(&self) -> String {
        match self.kind {
            Kind::Truth => "true or false".to_owned(),
            Kind::Words(words) => quoted(words, " or "),
            Kind::Several(words) => format!("a list of any of {}", quoted(words, ", ")),
            Kind::Number { least, most } => format!("a whole number from {least} to {most}"),
            Kind::Names => "a list of names".to_owned(),
            Kind::Lifetimes => format!(
                "\"online\", \"test\" or {{\"access_s\", \"refresh_s\"}} in seconds from 0 to {LONGEST_S}"
            ),
        }
    }
}

fn quoted(words: &[&str], between: &str) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(between)
}

fn is_lifetimes(value: &Value) -> bool {
    let seconds = |value: &Value| {
        value
            .as_i64()
            .is_some_and(|seconds| (0..=LONGEST_S).contains(&seconds))
    };
    match value {
        Value::String(name) => matches!(name.as_str(), "online" | "test"),
        Value::Object(fields) => {
            fields.len() == 2 && seconds(&value["access_s"]) && seconds(&value["refresh_s"])
        }
        _ => false,
    }
}
