//! Listening, with clear words when somebody else is there already.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::config::setting::Setting;
use crate::failure::Failure;

/// A listener with the address it got.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Bound {
    /// An address at this listener. `path` is empty or starts with `/`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", on_this_machine(self.address))
    }
}

/// How this machine reaches a listener: "every address" is no address to open.
pub(crate) fn on_this_machine(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Listens. `setting` is what chooses the address.
pub(crate) async fn bind(address: SocketAddr, setting: &Setting) -> Result<Bound, Failure> {
    let bound = match TcpListener::bind(address).await {
        Ok(listener) => listener
            .local_addr()
            .map(|address| Bound { listener, address }),
        Err(error) => Err(error),
    };
    bound.map_err(|error| {
        let other = SocketAddr::new(address.ip(), address.port().wrapping_add(1));
        let flag = setting.dashed().unwrap_or_default();
        let choose = format!("Choose another address, for example {flag} {other}");
        match error.kind() {
            io::ErrorKind::AddrInUse => {
                Failure::usage("address_in_use", format!("{address} is in use by another program")).hint(format!(
                    "{choose}, or end the other program; is smartlinks running already? Port 0 takes any free one."
                ))
            }
            io::ErrorKind::PermissionDenied => {
                Failure::usage("address_denied", format!("this user may not listen on {address}"))
                    .hint(format!("{choose}; ports below 1024 are for the administrator."))
            }
            _ => Failure::usage("address_unusable", format!("{address} cannot be listened on"))
                .because(&error)
                .hint(format!("{choose}.")),
        }
    })
}
