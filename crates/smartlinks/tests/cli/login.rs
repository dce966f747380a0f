//! `auth login`: by the browser's own answer where the callback is a free address of this machine, else by pasting.

use std::net::TcpListener;

use url::Url;

use crate::support::gateway::{CALLBACK, Gateway};
use crate::support::server::{Server, Stream};
use crate::support::{Home, http};

const LOGIN: [&str; 4] = ["auth", "login", "--no-browser", "--json"];

fn state_in(login: &mut Server) -> String {
    let address = format!("http://{}", login.wait_for(Stream::Err, "  http://"));
    let url = Url::parse(&address).unwrap();
    url.query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap()
        .1
        .into_owned()
}

#[test]
fn a_free_callback_on_this_machine_receives_the_answer() {
    // Bound and let go: free, as far as a test can know.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let callback = format!("http://127.0.0.1:{port}/aliexpress/callback");
    let gateway = Gateway::with_callback(&callback);
    let home = Home::with_app(gateway.address()).variable("ALIEXPRESS_CALLBACK_URL", &callback);
    let mut login = Server::start(&home, &LOGIN);
    let state = state_in(&mut login);
    login.wait_for(Stream::Err, "Waiting for the answer");

    let foreign = http::get(&format!(
        "{callback}?code={}&state={}",
        gateway.code(),
        "0".repeat(64)
    ));
    assert_eq!(
        foreign.status, 404,
        "another sign-in neither ends nor disturbs this one"
    );
    let answer = http::get(&format!("{callback}?code={}&state={state}", gateway.code()));
    assert_eq!(answer.status, 200);
    assert!(
        answer.body.contains("The account is connected"),
        "{answer:?}"
    );
    assert!(!answer.body.contains(&state));

    let (code, text) = login.end();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(
        home.run(&["auth", "status", "--json"]).json(0)["authenticated"],
        true
    );
}

#[test]
fn elsewhere_the_address_is_pasted() {
    let gateway = Gateway::with_callback("https://shop.example.com/aliexpress/callback");
    let home = Home::with_app(gateway.address()).variable(
        "ALIEXPRESS_CALLBACK_URL",
        "https://shop.example.com/aliexpress/callback",
    );
    let mut login = Server::start(&home, &LOGIN);
    let state = state_in(&mut login);
    login.type_line("");
    login.type_line(&format!(
        "https://shop.example.com/aliexpress/callback?code={}&state={state}",
        gateway.code()
    ));
    let (code, text) = login.end();
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn without_anything_pasted_it_says_how_to_go_on() {
    let home = Home::with_app("http://127.0.0.1:9")
        .variable("ALIEXPRESS_CALLBACK_URL", "https://shop.example.com/cb");
    let error = home.run(&LOGIN).error(3);
    assert_eq!(error["code"], "nothing_pasted");
    assert!(
        error["fix"].as_str().unwrap().contains("auth exchange"),
        "{error}"
    );
    assert_ne!(CALLBACK, "https://shop.example.com/cb");
}
