//! Behind a public address, as `docs/deploy.md` and the files in `deploy/` set it up: a proxy ends TLS, the program
//! listens where `PORT` says, and what is secret or bound to TLS behaves as it should.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use testkit::http::Http;
use testkit::server::binary;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// Made for 127.0.0.1, valid for a hundred years, signed by itself.
const CERTIFICATE: &[u8] = include_bytes!("../../aliexpress/tests/fixtures/self-signed.cert.pem");
const KEY: &[u8] = include_bytes!("../../aliexpress/tests/fixtures/self-signed.key.der");
/// What the proxy says of the client.
const CLIENT: &str = "203.0.113.9";

/// The environment that the container file and the systemd unit set, by name. What systemd or the operator fills in
/// is left as it stands.
fn deployed(file: &str) -> BTreeMap<String, String> {
    let lines = file.lines().map(str::trim);
    let pairs = lines.filter_map(|line| {
        let pair = line
            .strip_prefix("ENV ")
            .or_else(|| line.strip_prefix("Environment="))?;
        pair.split_once('=')
    });
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_files_set_what_the_program_reads() -> Result<()> {
    let container = deployed(include_str!("../../../deploy/Containerfile"));
    let unit = deployed(include_str!("../../../deploy/smartlinks.service"));
    ensure!(!container.is_empty() && !unit.is_empty());
    let help = Command::new(binary()?).arg("--help").output()?;
    let serve = Command::new(binary()?).args(["serve", "--help"]).output()?;
    let known = [help.stdout, serve.stdout].concat();
    let known = String::from_utf8(known)?;
    for name in container.keys().chain(unit.keys()) {
        let name = name.trim_end_matches("_FILE");
        let words = known.split(|letter: char| letter != '_' && !letter.is_ascii_uppercase());
        ensure!(
            words.clone().any(|word| word == name),
            "no help names {name}"
        );
    }
    Ok(())
}

/// Without them no certificate can be checked, and so no webhook sent.
#[test]
fn the_image_holds_certificate_authorities() -> Result<()> {
    let container = include_str!("../../../deploy/Containerfile");
    let image = container.rsplit("\nFROM ").next().context("no stage")?;
    let commands = image.replace("\\\n", " ");
    let installs =
        |line: &str| line.contains("apt-get install") && line.contains("ca-certificates");
    ensure!(commands.lines().any(installs), "{image}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_that_ends_tls_everything_is_bound_to_the_public_address() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let proxy = TcpListener::bind("127.0.0.1:0").await?;
    let public = format!("https://{}", proxy.local_addr()?);
    let port = free_port()?;
    tokio::spawn(end_tls(proxy, port)?);

    // Without an operator it does not start, and says what to do.
    let refused = program(folder.path(), &public, port)?
        .arg("serve")
        .output()?;
    let words = String::from_utf8(refused.stderr)?;
    ensure!(!refused.status.success(), "{words}");
    ensure!(words.contains("smartlinks operators add"), "{words}");

    let invited = program(folder.path(), &public, port)?
        .args(["operators", "add", "anna@example.com", "--json"])
        .output()?;
    let words = String::from_utf8_lossy(&invited.stderr).into_owned();
    ensure!(invited.status.success(), "{words}");
    let invited: Value = serde_json::from_slice(&invited.stdout)?;
    let link = invited["link"].as_str().context("no link")?;
    let link = link
        .strip_prefix(&public)
        .context("the link leads elsewhere")?;

    let _server = Server::start(program(folder.path(), &public, port)?)?;
    let person = Http::trusting(&public, CERTIFICATE)?;
    let away = person.get("/aliexpress").await?.expect_status(303)?;
    ensure!(away.location()?.starts_with("/aliexpress/sign-in"));
    let page = person.get(link).await?.expect_status(200)?.text();
    let token = page
        .split("name=\"token\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .context("no token on the page")?;
    let password = "four made-up words of hers";
    let fields = [
        ("token", token),
        ("password", password),
        ("again", password),
    ];
    let signed_in = person
        .send(
            person
                .request(reqwest::Method::POST, "/aliexpress/sign-in/link")
                .header("origin", &public)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form(&fields)),
        )
        .await?
        .expect_status(303)?;
    let cookie = signed_in.header("set-cookie").context("no cookie")?;
    for part in [
        "__Host-smartlinks_session=",
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
    ] {
        ensure!(cookie.contains(part), "{cookie}");
    }
    let home = person.get("/aliexpress").await?.expect_status(200)?;
    ensure!(home.header("strict-transport-security").is_some());

    // The audit log has the client's address, which the trusted proxy passed on.
    let audit = person
        .get("/api/aliexpress/audit")
        .await?
        .expect_status(200)?;
    ensure!(audit.text().contains(CLIENT), "{}", audit.text());

    // Past the proxy nothing answers to another name.
    let stranger =
        Http::new(format!("http://127.0.0.1:{port}"))?.with_header("host", "evil.example")?;
    stranger.get("/aliexpress").await?.expect_status(421)?;
    // A post from another site is refused, public address or not.
    let foreign = person
        .request(reqwest::Method::POST, "/aliexpress/sign-out")
        .header("origin", "https://evil.example");
    person.send(foreign).await?.expect_status(403)?;
    Ok(())
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

/// The program with the environment of the container file.
fn program(folder: &Path, public: &str, port: u16) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command
        .env_clear()
        .envs(deployed(include_str!("../../../deploy/Containerfile")))
        .env("HOME", folder)
        .env("SMARTLINKS_DATA_DIR", folder.join("data"))
        .env("PORT", port.to_string())
        .env("SMARTLINKS_PUBLIC_URL", public)
        .env("SMARTLINKS_TRUSTED_PROXY", "127.0.0.1")
        .env("ALIEXPRESS_APP_KEY", "500100")
        .env("ALIEXPRESS_APP_SECRET", "made-up-secret")
        .env(
            "ALIEXPRESS_CALLBACK_URL",
            format!("{public}/aliexpress/callback"),
        )
        .stdin(Stdio::null());
    Ok(command)
}

/// A running server. Dropping it kills the process.
struct Server(Child);

impl Server {
    fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let server = Self(child);
        let mut lines = BufReader::new(output).lines();
        let told = lines.find_map(|line| line.ok().filter(|line| line.starts_with("page: ")));
        ensure!(told.is_some(), "it ended without telling its address");
        std::thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The proxy: ends TLS, says who the client is, and passes everything else on as it came.
fn end_tls(listener: TcpListener, port: u16) -> Result<impl Future<Output = ()>> {
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE)?];
    let key = PrivateKeyDer::try_from(KEY).map_err(anyhow::Error::msg)?;
    let config =
        ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Ok(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let inner = acceptor.accept(stream).await.ok()?;
                pass_on(inner, port).await.ok()
            });
        }
    })
}

/// One request for each connection: the client of the test keeps none open.
async fn pass_on<S>(mut client: S, port: u16) -> Result<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let mut head = Vec::new();
    let end = loop {
        if let Some(at) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 2;
        }
        ensure!(client.read_buf(&mut head).await? > 0);
    };
    let said = format!("x-forwarded-for: {CLIENT}\r\nconnection: close\r\n");
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    server.write_all(&head[..end]).await?;
    server.write_all(said.as_bytes()).await?;
    server.write_all(&head[end..]).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
