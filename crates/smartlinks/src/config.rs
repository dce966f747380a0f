//! The configuration, read once at the start and checked as a whole.
//!
//! App key, secret and callback may be missing or malformed: the server then starts and says what to mend. Any other
//! wrong setting refuses to start. In sandbox mode nothing outside `<data-dir>/sandbox` is used.

mod addresses;
mod app;
mod demo;
mod file;
mod following;
mod limits;
mod live;
mod oidc;
mod problem;
pub(crate) mod setting;
mod sources;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use etcetera::{BaseStrategy, choose_base_strategy};
use smartlinks_core::catalogue::WatchRhythm;
use smartlinks_core::{FollowPolicy, Market, MarketChange};
use url::Url;

use crate::cli::SettingFlags;
use crate::environment::Environment;
pub(crate) use addresses::loopback_address;
pub(crate) use app::{AppSettings, CALLBACK_PATH, secret_list};
pub(crate) use demo::{APP_KEY as DEMO_APP_KEY, APP_SECRET as DEMO_APP_SECRET, Demo};
use file::ConfigFile;
pub(crate) use live::{Database, Live};
pub(crate) use oidc::Oidc;
pub(crate) use problem::ConfigError;
use problem::{Origin, quoted};
use setting::{
    BACKGROUND_REFRESH, CONFIG_VARIABLE, CURRENCY, DATA_DIR, LANGUAGE, LISTEN, LOG, LOG_FORMAT,
    PORT_VARIABLE, RETURN_ORIGIN, SANDBOX, SHIP_TO, Setting,
};
use sources::{Found, FoundSecret, Sources};

/// Everything that was decided before anything is opened.
#[derive(Debug)]
pub(crate) struct Config {
    /// Where page and API listen. With the sandbox loopback.
    pub(crate) listen: SocketAddr,
    /// Whether somebody chose `listen`, or it is the default.
    pub(crate) listen_chosen: bool,
    /// The folder for everything that is kept.
    pub(crate) data_dir: PathBuf,
    /// Destination, currency and language when a command says none.
    pub(crate) market: Market,
    /// What of it was said on the command line itself, which goes before what is remembered.
    pub(crate) said_market: MarketChange,
    /// Origins that a sign-in may return to.
    pub(crate) return_origins: Vec<Url>,
    /// Where the default connection's tokens are written too.
    pub(crate) token_file: Option<PathBuf>,
    /// Whether `serve` renews by itself.
    pub(crate) background_refresh: bool,
    /// How often something may be asked for.
    pub(crate) limits: smartlinks_server::Limits,
    /// How many passwords may be tried in ten minutes for one name from one network.
    pub(crate) attempts: NonZeroU32,
    /// How often AliExpress is asked about imported products.
    pub(crate) watch: WatchRhythm,
    /// When somebody is told of an order that stands still.
    pub(crate) follow: FollowPolicy,
    /// What is logged.
    pub(crate) log: LogSettings,
    /// What works, but should be known.
    pub(crate) warnings: Vec<String>,
}

/// Real accounts or made-up ones.
#[derive(Debug)]
pub(crate) enum Mode {
    /// AliExpress, or a gateway that was named.
    Live(Box<Live>),
    /// The built-in sandbox.
    Demo(Demo),
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub(crate) struct LogSettings {
    /// A filter of `tracing`, where somebody chose one.
    pub(crate) filter: Option<String>,
    /// JSON lines instead of text, where somebody chose.
    pub(crate) json: Option<bool>,
}

impl Config {
    /// Reads and checks the configuration.
    pub(crate) fn load(
        flags: &SettingFlags,
        environment: &Environment,
    ) -> Result<(Mode, Self), ConfigError> {
        let file = read_file(flags, environment)?;
        let sources = Sources {
            flags,
            environment,
            file: file.as_ref(),
        };
        let mut warnings = Vec::new();
        if let Some(file) = &file {
            warn_about_readers(file, &mut warnings);
        }
        warnings.extend(misspelt(environment));
        let data_dir = data_dir(&sources)?;
        let mode = if switch(&sources, &SANDBOX)? {
            Mode::Demo(demo::read(&sources, &data_dir, &mut warnings)?)
        } else {
            Mode::Live(Box::new(live::read(&sources, &data_dir, &mut warnings)?))
        };
        let (listen, address) = listening(&sources, &mode, &mut warnings)?;
        let config = Self {
            listen: address,
            listen_chosen: !matches!(listen.origin, Origin::Default(_)),
            market: market(&sources)?,
            said_market: MarketChange {
                ship_to: flags.ship_to.clone(),
                currency: flags.currency.clone(),
                language: flags.language.clone(),
            },
            return_origins: return_origins(&sources)?,
            token_file: token_file(&sources, matches!(mode, Mode::Demo(_)))?,
            background_refresh: switch(&sources, &BACKGROUND_REFRESH)?,
            limits: limits::read(&sources)?,
            attempts: limits::attempts(&sources)?,
            watch: following::watch(&sources)?,
            follow: following::follow(&sources)?,
            log: log(&sources)?,
            data_dir,
            warnings,
        };
        Ok((mode, config))
    }

    /// Only what `sandbox`, which is another program than the service, needs: how to log.
    pub(crate) fn load_log(
        flags: &SettingFlags,
        environment: &Environment,
    ) -> Result<LogSettings, ConfigError> {
        log(&Sources {
            flags,
            environment,
            file: None,
        })
    }
}

/// Only what `sign explain` needs. The value is a secret.
pub(crate) fn app_secret(
    flags: &SettingFlags,
    environment: &Environment,
) -> Result<Option<String>, ConfigError> {
    let file = read_file(flags, environment)?;
    let sources = Sources {
        flags,
        environment,
        file: file.as_ref(),
    };
    sources
        .find_secret(&setting::APP_SECRET)?
        .map(FoundSecret::into_value)
        .transpose()
}

fn read_file(
    flags: &SettingFlags,
    environment: &Environment,
) -> Result<Option<ConfigFile>, ConfigError> {
    if let Some(path) = &flags.config {
        return ConfigFile::read(Path::new(path), "--config").map(Some);
    }
    if let Some(path) = environment.filled(CONFIG_VARIABLE) {
        return ConfigFile::read(Path::new(path), CONFIG_VARIABLE).map(Some);
    }
    // Without a home there is no default place, and so no file.
    match choose_base_strategy() {
        Ok(places) => {
            ConfigFile::read_default(&places.config_dir().join("smartlinks").join("config.toml"))
        }
        Err(_) => Ok(None),
    }
}

/// A misspelt variable would be passed over in silence.
fn misspelt(environment: &Environment) -> Option<String> {
    let known = |name: &str| {
        let names = |setting: &&Setting| {
            setting.variable == name || setting.file_variable().is_some_and(|file| file == name)
        };
        name == CONFIG_VARIABLE || setting::ALL.iter().any(names)
    };
    let unknown: Vec<&str> = environment
        .names("SMARTLINKS_")
        .filter(|name| !known(name))
        .collect();
    let what = "there is no such setting; `smartlinks --help` names them all";
    (!unknown.is_empty()).then(|| format!("{}: {what}", unknown.join(", ")))
}

#[cfg(unix)]
fn warn_about_readers(file: &ConfigFile, warnings: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt as _;
    let loose =
        std::fs::metadata(file.path()).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
    if loose && file.holds_secret() {
        let path = file.path().display();
        warnings.push(format!(
            "{path} holds a secret and other users may read it: run `chmod 600 {path}`"
        ));
    }
}

#[cfg(not(unix))]
fn warn_about_readers(_file: &ConfigFile, _warnings: &mut Vec<String>) {}

/// Where page and API listen, as it was found and as it was read.
fn listening(
    sources: &Sources<'_>,
    mode: &Mode,
    warnings: &mut Vec<String>,
) -> Result<(Found, SocketAddr), ConfigError> {
    match mode {
        Mode::Demo(_) => {
            let found = listen(sources, Ipv4Addr::LOCALHOST)?;
            let address = addresses::demo_listen_address(&found)?;
            Ok((found, address))
        }
        Mode::Live(live) => {
            let found = listen(sources, live.host_for_port())?;
            let address = addresses::listen_address(&found)?;
            warnings.extend(unreachable(&found, address));
            Ok((found, address))
        }
    }
}

/// `SMARTLINKS_LISTEN` is more precise than `PORT`, and both say more about this start than a file does. What names an
/// address without a port leaves that to `PORT`.
fn listen(sources: &Sources<'_>, host_for_port: Ipv4Addr) -> Result<Found, ConfigError> {
    let port = sources.environment.filled(PORT_VARIABLE).map(str::trim);
    let found = sources.find_or_default(&LISTEN)?;
    let is_precise = matches!(found.origin, Origin::Flag(_) | Origin::Variable(_));
    match (port, is_precise) {
        (Some(port), false) => Ok(Found {
            value: format!("{host_for_port}:{port}"),
            origin: Origin::Variable(PORT_VARIABLE.to_owned()),
        }),
        _ => Ok(with_port(found, port.unwrap_or("8080"))),
    }
}

fn with_port(found: Found, port: &str) -> Found {
    let value = match found.value.trim().parse() {
        Ok(IpAddr::V4(address)) => format!("{address}:{port}"),
        Ok(IpAddr::V6(address)) => format!("[{address}]:{port}"),
        Err(_) => return found,
    };
    Found { value, ..found }
}

/// A platform that sets `PORT` reaches the program from elsewhere, which it does not while it listens on loopback.
fn unreachable(listen: &Found, address: SocketAddr) -> Option<String> {
    let by_port = matches!(&listen.origin, Origin::Variable(name) if name == PORT_VARIABLE);
    (by_port && address.ip().is_loopback()).then(|| {
        format!(
            "{PORT_VARIABLE}: page and API listen on {address}, which nothing outside this machine or container reaches; \
             to be reached, add --public-url https://… (then it is every address), or say where with --listen"
        )
    })
}

fn data_dir(sources: &Sources<'_>) -> Result<PathBuf, ConfigError> {
    if let Some(found) = sources.find(&DATA_DIR)? {
        return Ok(PathBuf::from(found.value));
    }
    let places = choose_base_strategy().map_err(|error| {
        ConfigError::new(
            "--data-dir",
            format!("not given, and this user has no home directory ({error})"),
            "Name a folder with --data-dir or SMARTLINKS_DATA_DIR.",
        )
    })?;
    Ok(places.data_dir().join("smartlinks"))
}

fn token_file(sources: &Sources<'_>, demo: bool) -> Result<Option<PathBuf>, ConfigError> {
    let found = sources.find(&setting::TOKEN_FILE)?;
    // Made-up tokens go where somebody said so at this start, and never where a variable points in general.
    let found = found.filter(|found| !demo || matches!(found.origin, Origin::Flag(_)));
    Ok(found.map(|found| PathBuf::from(found.value)))
}

fn switch(sources: &Sources<'_>, setting: &Setting) -> Result<bool, ConfigError> {
    let found = sources.find_or_default(setting)?;
    match found.value.trim().to_ascii_lowercase().as_str() {
        "on" | "true" | "1" | "yes" => Ok(true),
        "off" | "false" | "0" | "no" => Ok(false),
        _ => Err(ConfigError::new(
            &found.origin,
            format!("{} is neither on nor off", quoted(&found.value)),
            "Write on or off.",
        )),
    }
}

fn market(sources: &Sources<'_>) -> Result<Market, ConfigError> {
    let mut market = Market::default();
    for setting in [&SHIP_TO, &CURRENCY, &LANGUAGE] {
        let Some(found) = sources.find(setting)? else {
            continue;
        };
        let value = Some(found.value.as_str());
        let with = match setting.key {
            "ship_to" => market.with(value, None, None),
            "currency" => market.with(None, value, None),
            _ => market.with(None, None, value),
        };
        market = with.map_err(|error| {
            let problem = match error {
                smartlinks_core::Error::Invalid { message, .. } => message,
                other => other.to_string(),
            };
            ConfigError::new(
                &found.origin,
                problem,
                format!("Write for example {}.", setting.default),
            )
        })?;
    }
    Ok(market)
}

fn return_origins(sources: &Sources<'_>) -> Result<Vec<Url>, ConfigError> {
    sources
        .find_list(&RETURN_ORIGIN)?
        .iter()
        .map(addresses::origin)
        .collect()
}

fn log(sources: &Sources<'_>) -> Result<LogSettings, ConfigError> {
    let form = sources.find(&LOG_FORMAT)?;
    let json = form
        .map(|found| match found.value.as_str() {
            "text" => Ok(false),
            "json" => Ok(true),
            other => Err(ConfigError::new(
                &found.origin,
                format!("{} is not a form of the log", quoted(other)),
                "Write text or json.",
            )),
        })
        .transpose()?;
    let filter = sources.find(&LOG)?;
    if let Some(found) = &filter {
        crate::logging::check(&found.value).map_err(|problem| {
            ConfigError::new(
                &found.origin,
                format!("{} is not a log filter ({problem})", quoted(&found.value)),
                "Write error, warn, info, debug or trace, or a filter such as info,sqlx=warn.",
            )
        })?;
    }
    Ok(LogSettings {
        filter: filter.map(|found| found.value),
        json,
    })
}
