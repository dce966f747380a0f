//! The section `[oidc]`: with which OpenID Connect provider operators may sign in too.

use secrecy::SecretString;
use url::Url;

use super::addresses::is_this_machine;
use super::problem::{ConfigError, quoted};
use super::setting::{OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_ISSUER};
use super::sources::Sources;

/// Who we are to which provider.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(any(feature = "oidc", test)),
    expect(
        dead_code,
        reason = "only the issuer is named where nobody can be asked"
    )
)]
pub(crate) struct Oidc {
    /// How the provider names itself, to the letter.
    pub(crate) issuer: String,
    /// The id that it gave this application.
    pub(crate) client_id: String,
    /// The secret that it gave this application.
    pub(crate) client_secret: SecretString,
}

pub(super) fn read(sources: &Sources<'_>) -> Result<Option<Oidc>, ConfigError> {
    let id = sources.find(&OIDC_CLIENT_ID)?;
    let secret = sources.find_secret(&OIDC_CLIENT_SECRET)?;
    let Some(found) = sources.find(&OIDC_ISSUER)? else {
        let lonely = id.map(|found| found.origin);
        let filled =
            secret.filter(|found| found.value.as_ref().map_or(true, |text| !text.is_empty()));
        let lonely = lonely.or(filled.map(|found| found.origin));
        return match lonely {
            None => Ok(None),
            Some(origin) => Err(missing(origin.to_string(), &OIDC_ISSUER)),
        };
    };
    let issuer = found.value.trim().to_owned();
    if let Some(problem) = wrong_issuer(&issuer) {
        return Err(ConfigError::new(
            &found.origin,
            problem,
            "Write the issuer exactly as the provider writes it, for example https://login.example.com/realms/shop.",
        ));
    }
    let place = found.origin.to_string();
    let client_id = id.ok_or_else(|| missing(place.clone(), &OIDC_CLIENT_ID))?;
    let secret = secret.ok_or_else(|| missing(place.clone(), &OIDC_CLIENT_SECRET))?;
    let secret = secret.into_value()?;
    if secret.trim().is_empty() {
        return Err(missing(place, &OIDC_CLIENT_SECRET));
    }
    Ok(Some(Oidc {
        issuer,
        client_id: client_id.value.trim().to_owned(),
        client_secret: secret.into(),
    }))
}

/// One of the three without another.
fn missing(place: String, setting: &super::Setting) -> ConfigError {
    let variable = setting.variable;
    let or_file = match setting.file_variable() {
        Some(file) => format!(", or {file} to a file that holds it"),
        None => String::new(),
    };
    ConfigError::new(
        place,
        format!("is set, and {variable} is not"),
        format!(
            "Set {variable}{or_file}; or none of the three, where operators sign in with passwords only."
        ),
    )
}

/// Its words are believed because of its certificate, so plain http is for this machine only.
fn wrong_issuer(text: &str) -> Option<String> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return Some(format!("{} is not an address ({error})", quoted(text))),
    };
    let plain = url.username().is_empty() && url.password().is_none();
    if !plain || url.query().is_some() || url.fragment().is_some() {
        return Some("says more than scheme, host, port and path".to_owned());
    }
    match url.scheme() {
        "https" => None,
        "http" if is_this_machine(&url) => None,
        _ => Some(format!("{} has to use https", quoted(text))),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::cli::SettingFlags;
    use crate::environment::Environment;

    const ALL: [(&str, &str); 3] = [
        (
            "SMARTLINKS_OIDC_ISSUER",
            "https://login.example.com/realms/shop",
        ),
        ("SMARTLINKS_OIDC_CLIENT_ID", "smartlinks"),
        ("SMARTLINKS_OIDC_CLIENT_SECRET", "canary"),
    ];

    fn settings(variables: &[(&str, &str)]) -> Result<Option<Oidc>, ConfigError> {
        read(&Sources {
            flags: &SettingFlags::default(),
            environment: &Environment::from_iter(variables.iter().copied()),
            file: None,
        })
    }

    #[test]
    fn all_three_or_none() {
        assert!(settings(&[]).unwrap().is_none());
        let empty = ALL.map(|(name, _)| (name, ""));
        assert!(
            settings(&empty).unwrap().is_none(),
            "as compose files leave them"
        );
        let read = settings(&ALL).unwrap().unwrap();
        assert_eq!(read.issuer, ALL[0].1);
        assert_eq!(read.client_id, "smartlinks");
        assert_eq!(read.client_secret.expose_secret(), "canary");
        assert!(!format!("{read:?}").contains("canary"));
        for left_out in 0..3 {
            let mut some = ALL.to_vec();
            let (name, _) = some.remove(left_out);
            let error = settings(&some).unwrap_err();
            assert!(error.problem.contains(name), "{error:?}");
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    #[test]
    fn an_issuer_is_reached_over_tls() {
        for issuer in [
            "http://login.example.com",
            "login.example.com",
            "https://u:canary@login.example.com",
            "https://login.example.com/?tenant=1",
            "ftp://login.example.com",
        ] {
            let wrong = [(ALL[0].0, issuer), ALL[1], ALL[2]];
            let error = settings(&wrong).unwrap_err();
            assert_eq!(error.place, "SMARTLINKS_OIDC_ISSUER", "{issuer}");
            assert!(!error.problem.contains("canary"), "{error:?}");
        }
        let here = [(ALL[0].0, "http://127.0.0.1:9000/"), ALL[1], ALL[2]];
        assert_eq!(
            settings(&here).unwrap().unwrap().issuer,
            "http://127.0.0.1:9000/"
        );
    }
}
