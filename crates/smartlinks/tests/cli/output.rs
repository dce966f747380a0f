//! What every command has in common: help, exit codes, JSON, closed pipes.

use insta::assert_snapshot;

use crate::support::Home;

#[test]
fn help_says_where_to_begin_and_what_the_exit_codes_mean() {
    assert_snapshot!(Home::new().run(&["-h"]), @r"
    exit code: 0
    --- stdout
    Connects AliExpress accounts to your own software and keeps them connected.

    Usage: smartlinks [OPTIONS] <COMMAND>

    Commands:
      serve        Start page and API (with --sandbox: and the sandbox)
      sandbox      Start the sandbox alone: an offline gateway that behaves like AliExpress's, for tests
                   in any language
      auth         Connect an account, look at its tokens, renew and end them
      connections  The connected accounts
      products     Find products and what it costs to deliver them
      catalogue    The products that you have imported, what they sell for, and files of them for shops
      affiliate    Earn by recommending: tracked links, hot products, commissions
      orders       Follow orders that were placed at AliExpress
      operators    The people who run the page
      api-keys     The keys with which your software uses the HTTP API
      webhooks     Tell your own software what happens
      call         Call a read method of the gateway and print its answer
      keyring      The keys that seal stored tokens
      sign         Signatures
      db           Look after the database: its schema, its soundness, its move to PostgreSQL
      audit        Show who did what, when, from where, and how it ended, newest first
      doctor       Look at everything that has to be right, and say what is not and how to mend it (exit
                   code 1 when something is wrong); the report holds no secret and can be pasted
      openapi      Print the OpenAPI document of the HTTP API
      completions  Print the completion script of a shell
      man          Print the manual page (`smartlinks man | man -l -`), or write one for every command
      help         Print this message or the help of the given subcommand(s)

    Options:
          --json     Print JSON for programs, failures included
      -h, --help     Print help (see more with '--help')
      -V, --version  Print version

    Settings:
          --sandbox           Work with the built-in sandbox and made-up data, apart from everything
                              real [env: SMARTLINKS_SANDBOX] [default: off]
          --listen <ADDRESS>  Where page and API listen; port 0 for any free one. On other addresses
                              than loopback an operator and --public-url are needed [env:
                              SMARTLINKS_LISTEN] [default: 127.0.0.1:8080]
          --data-dir <DIR>    Folder for database and keys [env: SMARTLINKS_DATA_DIR] [default: platform
                              data directory + /smartlinks]

    Two ways to begin:
      smartlinks serve --sandbox   everything on this machine, with made-up data; no account needed
      smartlinks serve             with your AliExpress app: first set ALIEXPRESS_APP_KEY,
                                   ALIEXPRESS_APP_SECRET and ALIEXPRESS_CALLBACK_URL

    `smartlinks --help` names every setting and the exit codes.
    --- stderr
    ");
    let long = Home::new().run(&["--help"]);
    assert_eq!(long.code, Some(0), "{long}");
    for words in [
        "Exit codes:",
        "3  nothing is connected",
        "ALIEXPRESS_APP_SECRET_FILE",
        "[env: SMARTLINKS_DATA_DIR]",
    ] {
        assert!(long.stdout.contains(words), "{words}: {long}");
    }
}

#[test]
fn a_command_line_that_cannot_be_understood_is_usage() {
    assert_snapshot!(Home::new().run(&["auth", "tokens"]), @r"
    exit code: 2
    --- stdout
    --- stderr
    error: unrecognized subcommand 'tokens'

      tip: a similar subcommand exists: 'token_status'

    Usage: smartlinks auth [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(Home::new().run(&["auth", "tokens", "--json"]), @r#"
    exit code: 2
    --- stdout
    --- stderr
    {"error":{"code":"usage","detail":"unrecognized subcommand 'tokens'","fix":"See `smartlinks --help`."}}
    "#);
}

#[test]
fn a_reader_that_went_away_is_success() {
    let home = Home::new();
    for arguments in [
        &["completions", "bash"][..],
        &["openapi"],
        &["auth", "--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = home.command(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn completions_and_the_api_document_need_nothing() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]);
        assert_eq!(script.code, Some(0), "{script}");
        assert!(
            script.stdout.contains("handle_callback") || script.stdout.contains("exchange"),
            "{shell}"
        );
    }
    let document = home.run(&["openapi"]).json(0);
    assert!(document["paths"].get("/api/aliexpress/status").is_some());
    assert!(
        !home.data_dir().exists(),
        "nothing is made for commands that keep nothing"
    );
}

#[test]
fn every_command_has_a_manual_page() {
    let home = Home::new();
    let page = home.run(&["man"]);
    assert_eq!(page.code, Some(0), "{page}");
    // Variables, exit codes and the ways to begin stand in it too.
    for words in [
        ".TH smartlinks 1",
        "ALIEXPRESS_APP_KEY",
        "Exit codes",
        "serve",
    ] {
        assert!(page.stdout.contains(words), "{words}: {page}");
    }
    let folder = home.path().join("share/man/man1");
    let written = folder.display().to_string();
    let told = home.run(&["man", "--output", &written, "--json"]).json(0);
    assert_eq!(told["folder"], "[HOME]/share/man/man1");
    for name in [
        "smartlinks",
        "smartlinks-serve",
        "smartlinks-auth-export",
        "smartlinks-db-copy",
    ] {
        let page = std::fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{page}");
    }
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    let refused = home.run(&["man", "--output", &file.display().to_string(), "--json"]);
    assert_eq!(refused.error(1)["code"], "not_written");
}
