//! App key, secret and callback address: who we are to AliExpress.

use aliexpress::{AppKey, AppSecret};
use smartlinks_core::ConfigProblem;
use url::{ParseError, Url};

use super::addresses::is_this_machine;
use super::problem::{ConfigError, Origin, quoted};
use super::setting::{APP_KEY, APP_SECRET, CALLBACK_URL, Setting};
use super::sources::Sources;

/// The path that the callback has to have for the answer to come in by itself.
pub(crate) const CALLBACK_PATH: &str = "/aliexpress/callback";

/// The most app secrets that can be listed: the old one and the new one, and room for a mishap.
const MOST_SECRETS: usize = 5;

/// The application, or what is missing of it.
#[derive(Debug)]
pub(crate) struct AppSettings {
    /// The app key, where it is usable.
    pub(crate) key: Option<AppKey>,
    /// The app secrets in the order in which they are tried; none where one of them is not usable.
    pub(crate) secrets: Vec<AppSecret>,
    /// The callback as registered, where it is usable.
    pub(crate) callback: Option<Url>,
    /// What is missing or malformed.
    pub(crate) problems: Vec<ConfigProblem>,
}

/// Reads the three. Only a contradiction (a secret given twice) is an error: what is missing or malformed is reported
/// by the running server.
pub(super) fn read(
    sources: &Sources<'_>,
    public_url: Option<&Url>,
    warnings: &mut Vec<String>,
) -> Result<AppSettings, ConfigError> {
    let mut problems = Vec::new();
    let key = key(sources)?.map_err(|problem| problems.push(problem)).ok();
    let secrets = secrets(sources)?
        .map_err(|problem| problems.push(problem))
        .unwrap_or_default();
    let callback = callback(sources, public_url)?
        .map_err(|problem| problems.push(problem))
        .ok();
    if let Some(callback) = &callback {
        warnings.extend(doubts_about(callback));
    }
    Ok(AppSettings {
        key,
        secrets,
        callback,
        problems,
    })
}

type Checked<T> = Result<T, ConfigProblem>;

fn key(sources: &Sources<'_>) -> Result<Checked<AppKey>, ConfigError> {
    let fix = "Set it to the App Key of your app in the AliExpress console (openservice.aliexpress.com): digits only.";
    let Some((value, origin)) = value(sources, &APP_KEY)? else {
        return Ok(Err(missing(&APP_KEY, fix)));
    };
    Ok(AppKey::parse(&value).map_err(|error| malformed(&APP_KEY, &origin, error, fix)))
}

fn secrets(sources: &Sources<'_>) -> Result<Checked<Vec<AppSecret>>, ConfigError> {
    let fix = "Set it to the App Secret of your app in the AliExpress console, or ALIEXPRESS_APP_SECRET_FILE to a \
               file that holds it.";
    let Some(found) = sources.find_secret(&APP_SECRET)? else {
        return Ok(Err(missing(&APP_SECRET, fix)));
    };
    let secrets = found.value.and_then(|value| secret_list(&value));
    Ok(secrets.map_err(|problem| malformed(&APP_SECRET, &found.origin, problem, fix)))
}

/// One secret, exactly as given; or, while it is being changed, several: separated by commas, or one a line. White
/// space around those of a list is dropped.
pub(crate) fn secret_list(text: &str) -> Result<Vec<AppSecret>, String> {
    if !text.contains([',', '\n']) {
        return match AppSecret::parse(text) {
            Ok(secret) => Ok(vec![secret]),
            Err(error) => Err(error.to_string()),
        };
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let listed: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    if listed.len() > MOST_SECRETS {
        return Err(format!(
            "{} secrets are listed; more than {MOST_SECRETS} at a time cannot be meant",
            listed.len()
        ));
    }
    let secrets = listed.iter().enumerate().map(|(index, secret)| {
        AppSecret::parse(secret.trim())
            .map_err(|error| format!("secret {} of {}: {error}", index + 1, listed.len()))
    });
    let secrets: Vec<AppSecret> = secrets.collect::<Result<_, _>>()?;
    if secrets.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok(secrets)
}

fn callback(sources: &Sources<'_>, public_url: Option<&Url>) -> Result<Checked<Url>, ConfigError> {
    let example = match public_url.and_then(|url| url.join(CALLBACK_PATH).ok()) {
        Some(url) => url.to_string(),
        None => format!("https://shop.example.com{CALLBACK_PATH}"),
    };
    let fix = format!(
        "Set it to the callback address of your app, written as in the AliExpress console, for example {example}."
    );
    let Some((value, origin)) = value(sources, &CALLBACK_URL)? else {
        return Ok(Err(missing(&CALLBACK_URL, &fix)));
    };
    Ok(check_callback(&value).map_err(|problem| malformed(&CALLBACK_URL, &origin, problem, &fix)))
}

/// A value as set, an empty one included: an empty key is a mistake of its own.
fn value(
    sources: &Sources<'_>,
    setting: &Setting,
) -> Result<Option<(String, Origin)>, ConfigError> {
    if let Some(found) = sources.find(setting)? {
        return Ok(Some((found.value, found.origin)));
    }
    let empty = sources.environment.get(setting.variable).map(str::to_owned);
    Ok(empty.map(|value| (value, Origin::Variable(setting.variable.to_owned()))))
}

fn check_callback(text: &str) -> Result<Url, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let url = Url::parse(text).map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => {
            format!("{} does not begin with https:// or http://", quoted(text))
        }
        error => format!("{} is not an address ({error})", quoted(text)),
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(format!(
            "{} is neither an http nor an https address",
            quoted(text)
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "it holds a user name or password, which a callback address never has".to_owned(),
        );
    }
    if url.fragment().is_some() {
        return Err(format!(
            "{} has a part after `#`, which never reaches a server",
            quoted(text)
        ));
    }
    if url.as_str() != text {
        return Err(format!(
            "{} would be sent as {}, and AliExpress compares the address character by character",
            quoted(text),
            quoted(url.as_str())
        ));
    }
    Ok(url)
}

fn missing(setting: &Setting, fix: &str) -> ConfigProblem {
    ConfigProblem {
        variable: setting.variable,
        problem: "not set".to_owned(),
        fix: fix.to_owned(),
    }
}

fn malformed(
    setting: &Setting,
    origin: &Origin,
    problem: impl ToString,
    fix: &str,
) -> ConfigProblem {
    let problem = problem.to_string();
    let problem = match origin {
        Origin::Variable(name) if name == setting.variable => problem,
        other => format!("{problem} (read from {other})"),
    };
    ConfigProblem {
        variable: setting.variable,
        problem,
        fix: fix.to_owned(),
    }
}

/// What works, but not as people expect.
fn doubts_about(callback: &Url) -> Option<String> {
    if callback.scheme() != "https" && !is_this_machine(callback) {
        return Some(format!(
            "{}: {callback} is not https, so the code that opens the account crosses the network readable; \
             register and set an https address",
            CALLBACK_URL.variable
        ));
    }
    (callback.path() != CALLBACK_PATH).then(|| {
        format!(
            "{}: {callback} does not end in {CALLBACK_PATH}, so the answer of AliExpress does not reach this server \
             by itself; paste the address that the browser ends on, or register one with that path",
            CALLBACK_URL.variable
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_an_http_address_written_as_it_is_sent() {
        for text in [
            "https://shop.example.com/aliexpress/callback",
            "http://127.0.0.1:8080/aliexpress/callback?a=b",
        ] {
            assert!(check_callback(text).is_ok(), "{text}");
        }
        for text in [
            "",
            " ",
            "shop.example.com/callback",
            "ftp://a/b",
            "https://a/b#c",
            "https://u:p@a/b",
            "https://a",
            "https://A.example/b",
            "https://a/b ",
            "https://a:443/b",
        ] {
            assert!(check_callback(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_is_one_or_a_list_and_its_mistakes_are_named_by_position() {
        let read = |text: &str| {
            secret_list(text).map(|secrets| {
                let texts = secrets.iter().map(AppSecret::expose);
                texts.collect::<Vec<_>>().join("|")
            })
        };
        assert_eq!(read("canary").unwrap(), "canary");
        assert_eq!(read("canary1, canary2").unwrap(), "canary1|canary2");
        assert_eq!(read("canary1\r\n\ncanary2\n").unwrap(), "canary1|canary2");
        for (text, words) in [
            ("", "it is empty"),
            (" canary", "starts or ends with white space"),
            ("canary1,", "secret 2 of 2: it is empty"),
            ("canary1,can ary", "secret 2 of 2: it has white space"),
            ("\n\n", "it is empty"),
            ("canary,b,c,d,e,f", "6 secrets are listed"),
        ] {
            let problem = read(text).unwrap_err();
            assert!(problem.contains(words), "{text}: {problem}");
            assert!(!problem.contains("canary"), "{problem}");
        }
    }

    #[test]
    fn plain_http_is_doubted_except_on_this_machine() {
        let doubts = |text: &str| doubts_about(&Url::parse(text).unwrap());
        assert!(
            doubts("http://shop.example.com/aliexpress/callback")
                .unwrap()
                .contains("not https")
        );
        assert!(
            doubts("https://shop.example.com/cb")
                .unwrap()
                .contains("does not end in")
        );
        assert_eq!(doubts("http://127.0.0.1:8080/aliexpress/callback"), None);
        assert_eq!(doubts("https://shop.example.com/aliexpress/callback"), None);
    }
}
