//! Which addresses a webhook may reach. Whoever may name an endpoint must not reach with it what stands behind our
//! firewall (server-side request forgery), so everything that is not plainly public is refused.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where webhooks may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Targets {
    /// Public addresses over https.
    #[default]
    Public,
    /// These, and this machine's loopback, there also over http: for the sandbox.
    PublicAndLoopback,
    /// Anything, also over http: for development and closed networks, when the configuration says so.
    Anything,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Loopback,
    Private,
    LinkLocal,
    Shared,
    Multicast,
    Reserved,
    /// A public address over http.
    Unencrypted,
}

impl Kind {
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local or metadata address",
            Self::Shared => "a shared address of a provider's network",
            Self::Multicast => "a multicast or broadcast address",
            Self::Reserved => "a reserved address",
            Self::Unencrypted => "to be reached over https only",
        }
    }
}

impl Targets {
    /// Why an address may not be reached over a connection that is or is not encrypted; none when it may.
    pub(crate) fn refuses(self, address: IpAddr, encrypted: bool) -> Option<Kind> {
        match (self, kind(address)) {
            (Self::Anything, _) => None,
            (Self::PublicAndLoopback, Some(Kind::Loopback)) => None,
            (_, Some(kind)) => Some(kind),
            (_, None) if encrypted => None,
            // Unencrypted is for this machine only.
            (_, None) => Some(Kind::Unencrypted),
        }
    }
}

/// What kind of address it is; none for a public one.
fn kind(address: IpAddr) -> Option<Kind> {
    match address {
        IpAddr::V4(address) => kind_v4(address),
        IpAddr::V6(address) => kind_v6(address),
    }
}

fn kind_v4(address: Ipv4Addr) -> Option<Kind> {
    match address.octets() {
        [127, ..] => Some(Kind::Loopback),
        [10, ..] | [192, 168, ..] => Some(Kind::Private),
        [172, second, ..] if (16..32).contains(&second) => Some(Kind::Private),
        // 169.254.169.254 is where clouds keep credentials.
        [169, 254, ..] => Some(Kind::LinkLocal),
        [100, second, ..] if (64..128).contains(&second) => Some(Kind::Shared),
        [224..=239, ..] | [255, 255, 255, 255] => Some(Kind::Multicast),
        // This network, protocol assignments (with 192.0.0.192, metadata of a cloud), documentation, 6to4 relays,
        // benchmarks, and what was never given out.
        [0, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _]
        | [240..=255, ..] => Some(Kind::Reserved),
        // Metadata and platform service of Azure, reachable from its machines only.
        [168, 63, 129, 16] => Some(Kind::LinkLocal),
        _ => None,
    }
}

fn kind_v6(address: Ipv6Addr) -> Option<Kind> {
    if address.is_loopback() {
        return Some(Kind::Loopback);
    }
    if let Some(inner) = inner_v4(address) {
        // The mapped form is the same address written otherwise. Every other leads through a relay or translator: a
        // public address inside is not reached directly, and this machine inside is not this machine.
        return match (address.to_ipv4_mapped(), kind_v4(inner)) {
            (Some(_), kind) => kind,
            (None, None | Some(Kind::Loopback)) => Some(Kind::Reserved),
            (None, kind) => kind,
        };
    }
    let [first, second, ..] = address.segments();
    match (first, second) {
        (0xfc00..=0xfdff, _) => Some(Kind::Private),
        (0xfe80..=0xfebf, _) => Some(Kind::LinkLocal),
        // Site-local, long withdrawn and still routed in places.
        (0xfec0..=0xfeff, _) => Some(Kind::Private),
        (0xff00..=0xffff, _) => Some(Kind::Multicast),
        // Documentation; protocol assignments (Teredo among them).
        (0x2001, 0x0db8) | (0x2001, 0x0000..=0x01ff) | (0x3fff, 0x0000..=0x0fff) => {
            Some(Kind::Reserved)
        }
        // Global unicast; everything else is unassigned or special.
        (0x2000..=0x3fff, _) => None,
        _ => Some(Kind::Reserved),
    }
}

/// The IPv4 address that an IPv6 one stands for: mapped, compatible, translated (NAT64, also its local prefix) and
/// 6to4.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let of = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(of(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] => Some(of(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 1, _, _, _, high, low] => {
            Some(of(high, low))
        }
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &[&str] = &[
        "127.0.0.1",
        "127.255.1.2",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "240.0.0.1",
        "168.63.129.16",
        "192.88.99.1",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::10.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:808:808::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
        "100::1",
        "5f00::1",
    ];
    const PUBLIC: &[&str] = &[
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.1.1",
        "169.253.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
    ];

    #[test]
    fn only_public_addresses_pass() {
        for text in REFUSED {
            let address: IpAddr = text.parse().unwrap();
            assert!(Targets::Public.refuses(address, true).is_some(), "{text}");
            assert!(
                Targets::Anything.refuses(address, false).is_none(),
                "{text}"
            );
        }
        for text in PUBLIC {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(Targets::Public.refuses(address, true), None, "{text}");
            assert!(Targets::Public.refuses(address, false).is_some(), "{text}");
        }
    }

    #[test]
    fn the_sandbox_may_reach_this_machine_and_nothing_else_private() {
        let sandbox = Targets::PublicAndLoopback;
        for text in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(
                sandbox.refuses(text.parse().unwrap(), false),
                None,
                "{text}"
            );
        }
        for text in [
            "10.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "fe80::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "::127.0.0.1",
        ] {
            assert!(
                sandbox.refuses(text.parse().unwrap(), true).is_some(),
                "{text}"
            );
        }
        let public = "8.8.8.8".parse().unwrap();
        assert_eq!(sandbox.refuses(public, false), Some(Kind::Unencrypted));
    }

    proptest::proptest! {
        /// Whatever is refused as IPv4 is refused in every IPv6 form that leads there.
        #[test]
        fn no_ipv6_form_leads_past_the_check(bits: u32) {
            let inner = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = inner.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            let mapped = IpAddr::V6(inner.to_ipv6_mapped());
            proptest::prop_assert_eq!(kind(mapped), kind_v4(inner));
            for form in [
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 1, 7, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                let form = IpAddr::V6(form);
                // `::1` is spelled like a compatible form, and is the loopback address.
                if form != IpAddr::V6(Ipv6Addr::LOCALHOST) {
                    let refused = Targets::PublicAndLoopback.refuses(form, true);
                    proptest::prop_assert!(refused.is_some(), "{}", form);
                }
            }
        }
    }
}
