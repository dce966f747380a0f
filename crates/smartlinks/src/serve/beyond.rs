//! Listening beyond this machine: only when somebody can sign in, and only behind TLS.

use std::net::SocketAddr;
use std::path::Path;

use smartlinks_core::Core;

use crate::failure::Failure;

/// Refuses an address that other machines can reach, unless there is an operator and the public address is https.
pub(super) async fn check(
    core: &Core,
    address: SocketAddr,
    behind_tls: bool,
    data_dir: &Path,
) -> Result<(), Failure> {
    if address.ip().to_canonical().is_loopback() {
        return Ok(());
    }
    if !core.has_operator().await? {
        return Err(no_operator(address, behind_tls, data_dir));
    }
    if behind_tls {
        return Ok(());
    }
    Err(Failure::usage(
        "no_public_url",
        format!(
            "{address} can be reached from other machines, and no --public-url https://… says under which address \
             people reach it over TLS"
        ),
    )
    .hint(format!(
        "Add --public-url https://… once a proxy with TLS stands in front, or use --listen {}.",
        loopback(address)
    )))
}

fn no_operator(address: SocketAddr, behind_tls: bool, data_dir: &Path) -> Failure {
    let tls = if behind_tls {
        ""
    } else {
        " On any other address than loopback, --public-url https://… is needed too: it states that a proxy with TLS \
         stands in front."
    };
    Failure::usage(
        "no_operator",
        format!(
            "{address} can be reached from other machines, and there is no operator who could sign in"
        ),
    )
    .hint(format!(
        "Two ways to go on: create an operator first with `smartlinks operators add NAME` (same data directory, {}, or \
         same DATABASE_URL), then start again and let that person open the link that it printed; or start with \
         --listen {} and open the sign-in link that this start prints.{tls}",
        data_dir.display(),
        loopback(address)
    ))
}

fn loopback(address: SocketAddr) -> SocketAddr {
    let port = if address.port() == 0 {
        8080
    } else {
        address.port()
    };
    SocketAddr::from(([127, 0, 0, 1], port))
}
