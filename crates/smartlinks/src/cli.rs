//! What can be typed: commands and flags. Only shapes; what they do stands in `commands`, `serve` and `sandbox`.

mod affiliate;
mod api_keys;
mod audit;
mod auth;
pub(crate) mod catalogue;
mod commands;
mod connections;
mod db;
mod keyring;
mod moment;
mod operators;
mod orders;
mod products;
mod settings;
mod sign;
pub(crate) mod watch;
pub(crate) mod webhooks;

use clap::{Args, CommandFactory, FromArgMatches, Parser};

use crate::config::setting::{ALL, CONFIG_VARIABLE};

pub(crate) use affiliate::{
    AffiliateCommand, CommissionStateArgument, CommissionsArgs, HotArgs, LinksArgs,
};
pub(crate) use api_keys::ApiKeysCommand;
pub(crate) use audit::AuditArgs;
pub(crate) use auth::{AuthCommand, ExportArgs, LoginArgs};
pub(crate) use commands::{CallArgs, Command, SandboxArgs};
pub(crate) use connections::ConnectionsCommand;
pub(crate) use db::{CopyArgs, DbCommand};
pub(crate) use keyring::{KeyringCommand, ReencryptArgs};
pub(crate) use moment::so_long;
pub(crate) use operators::OperatorsCommand;
pub(crate) use orders::OrdersCommand;
pub(crate) use products::{
    ByPictureArgs, FeedArgs, MarketCommand, ProductShowArgs, ProductsCommand, SearchArgs,
    SortArgument,
};
pub(crate) use settings::SettingFlags;
pub(crate) use sign::{ExplainArgs, SignCommand};

const ABOUT: &str = "Connects AliExpress accounts to your own software and keeps them connected.";

const AFTER_HELP: &str = "\
Two ways to begin:
  smartlinks serve --sandbox   everything on this machine, with made-up data; no account needed
  smartlinks serve             with your AliExpress app: first set ALIEXPRESS_APP_KEY,
                               ALIEXPRESS_APP_SECRET and ALIEXPRESS_CALLBACK_URL

`smartlinks --help` names every setting and the exit codes.";

const AFTER_LONG_HELP: &str = "\
Variables without a flag:
  ALIEXPRESS_APP_KEY        App Key of the AliExpress console
  ALIEXPRESS_APP_SECRET     App Secret, or ALIEXPRESS_APP_SECRET_FILE: a file that holds it; while it is being
                            changed several: separated by commas, or one a line
  ALIEXPRESS_CALLBACK_URL   callback address, as registered in the console
  DATABASE_URL              postgres://…, or DATABASE_URL_FILE: a file that holds it (else SQLite in the data directory)
  PORT                      port to listen on where SMARTLINKS_LISTEN names none: without that variable at
                            127.0.0.1, or with an https --public-url at every address
  SMARTLINKS_OIDC_…         ISSUER, CLIENT_ID, CLIENT_SECRET (or CLIENT_SECRET_FILE): the OpenID Connect provider
                            with which operators may sign in too; needs a program built with --features oidc
  SMARTLINKS_LIMITS_…       SIGN_IN, CALLBACK, VENDING, KEYS, PUSH: requests a minute that are taken;
                            SIGN_IN_NAME: passwords tried for one name in ten minutes
  SMARTLINKS_WATCH_EVERY_HOURS
                            how often AliExpress is asked about every imported product
  SMARTLINKS_FOLLOW_…       UNPAID_HOURS, NOT_SHIPPED_DAYS, NO_MOVEMENT_DAYS: when you are told of an order that
                            stands still
  NO_COLOR                  no colour

A setting is looked up as flag, then variable, then in the configuration file (TOML, keys like the flags with `_`
in place of `-`), then its default.

Output: data goes to stdout, everything else to stderr. With --json a failure is one line of JSON on stderr:
  {\"error\":{\"code\":\"…\",\"detail\":\"…\",\"fix\":\"…\"}}

Exit codes:
  0  done
  1  it did not work
  2  the command line or the configuration is wrong
  3  nothing is connected, or a person has to sign in again
  4  the gateway cannot be reached or is busy: try again later";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "smartlinks", version, about = ABOUT, after_help = AFTER_HELP, after_long_help = AFTER_LONG_HELP)]
#[command(
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) general: GeneralFlags,
    #[command(flatten)]
    pub(crate) settings: SettingFlags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Default, Args)]
pub(crate) struct GeneralFlags {
    /// Print JSON for programs, failures included
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Cli {
    /// The definition, with variable and default of each setting in its help.
    pub(crate) fn definition() -> clap::Command {
        Self::command().mut_args(|argument| {
            let Some(long) = argument.get_long() else {
                return argument;
            };
            let note = if long == "config" {
                format!(
                    "[env: {CONFIG_VARIABLE}] [default: <config directory>/smartlinks/config.toml]"
                )
            } else if let Some(setting) = ALL.iter().find(|setting| setting.flag == Some(long)) {
                format!("[env: {}] [default: {}]", setting.variable, setting.default)
            } else {
                return argument;
            };
            let help = argument
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            argument.help(format!("{help} {note}"))
        })
    }

    /// Reads a command line.
    pub(crate) fn read(
        arguments: impl IntoIterator<Item = std::ffi::OsString>,
    ) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&Self::definition().try_get_matches_from(arguments)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::definition().debug_assert();
    }

    #[test]
    fn settings_are_understood_before_and_after_the_command() {
        for line in [
            "smartlinks --sandbox auth get_oauth_url",
            "smartlinks auth get_oauth_url --sandbox",
            "smartlinks auth url --sandbox",
        ] {
            let cli = Cli::read(line.split(' ').map(Into::into)).unwrap();
            assert!(cli.settings.sandbox, "{line}");
            assert!(
                matches!(cli.command, Command::Auth(AuthCommand::Url { .. })),
                "{line}"
            );
        }
    }

    #[test]
    fn a_token_file_without_a_value_has_the_old_place() {
        let cli = Cli::read("smartlinks serve --token-file".split(' ').map(Into::into)).unwrap();
        assert_eq!(
            cli.settings.token_file.as_deref(),
            Some("external_scrapers/aliexpress_token.json")
        );
        let cli = Cli::read(
            "smartlinks serve --token-file x --json"
                .split(' ')
                .map(Into::into),
        )
        .unwrap();
        assert_eq!(cli.settings.token_file.as_deref(), Some("x"));
    }

    #[test]
    fn the_readme_has_every_setting_as_it_is() {
        let readme = include_str!("../README.md");
        let expected = ALL.map(|setting| {
            let flag = setting
                .dashed()
                .map(|flag| format!("`{flag}` "))
                .unwrap_or_default();
            let file = if setting.secret { " (or `_FILE`)" } else { "" };
            let default = match setting.default {
                "" => String::new(),
                words if words.contains(' ') => format!("{words} "),
                value => format!("`{value}` "),
            };
            format!(
                "| {flag}| `{}`{file} | `{}` | {default}|",
                setting.variable, setting.key
            )
        });
        // Each of them once, and none that is not.
        let is_of_a_setting = |line: &&str| {
            let names = ["`SMARTLINKS_", "`ALIEXPRESS_", "`DATABASE_URL`"];
            let variable = line.split('|').nth(2).unwrap_or_default().trim();
            line.starts_with('|') && names.iter().any(|name| variable.starts_with(name))
        };
        let rows: Vec<&str> = readme.lines().filter(is_of_a_setting).collect();
        assert_eq!(rows, expected);
    }

    #[test]
    fn every_flag_of_a_setting_is_a_setting_and_the_other_way_round() {
        let definition = Cli::definition();
        let flags: Vec<&str> = definition
            .get_arguments()
            .filter_map(clap::Arg::get_long)
            .collect();
        let settings: Vec<&str> = ALL.iter().filter_map(|setting| setting.flag).collect();
        for flag in flags
            .iter()
            .filter(|flag| !["json", "config"].contains(flag))
        {
            assert!(settings.contains(flag), "--{flag} has no setting");
        }
        for setting in &settings {
            assert!(flags.contains(setting), "{setting} has no flag");
            let typed = SettingFlags::from_arg_matches(&definition.clone().get_matches_from(
                match *setting {
                    "sandbox" => vec![
                        "smartlinks".to_owned(),
                        "--sandbox".to_owned(),
                        "openapi".to_owned(),
                    ],
                    flag => vec![
                        "smartlinks".to_owned(),
                        format!("--{flag}=x"),
                        "openapi".to_owned(),
                    ],
                },
            ));
            assert!(
                typed.unwrap().values(setting).is_some(),
                "--{setting} is not read"
            );
        }
    }
}
