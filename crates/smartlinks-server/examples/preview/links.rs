//! Connect links, for those who make them and for the merchants who get them.

use smartlinks_server::page::views::*;

use super::{HOUR, MINUTE, NOW, Sample};

impl Sample {
    fn link(&self, standing: LinkStanding) -> LinkRow {
        let over = !matches!(standing, LinkStanding::Open | LinkStanding::Started);
        LinkRow {
            id: "link_5f1c0e9ab3d2476188aa01cc".into(),
            standing,
            reason: (standing == LinkStanding::Refused).then(|| "access_denied".into()),
            label: self
                .some_name()
                .filter(|_| standing != LinkStanding::Expired),
            connection_name: (standing == LinkStanding::Connected).then(|| self.name()),
            created_by: "operator Ada".into(),
            created_ms: Some(NOW - 10 * MINUTE),
            expires_ms: Some(NOW + 20 * MINUTE),
            ended_ms: over.then_some(NOW - MINUTE),
        }
    }

    pub(crate) fn links(&self) -> Vec<(&'static str, LinksPage)> {
        let plain = LinksPage {
            frame: self.frame("/aliexpress/links"),
            usable: true,
            created: None,
            links: Vec::new(),
            next: None,
            connections: Vec::new(),
        };
        let some = LinksPage {
            created: Some(format!(
                "https://shop.example.com/connect/{}",
                "5f".repeat(32)
            )),
            links: [
                LinkStanding::Open,
                LinkStanding::Started,
                LinkStanding::Connected,
                LinkStanding::Refused,
                LinkStanding::Expired,
                LinkStanding::Revoked,
            ]
            .map(|standing| self.link(standing))
            .into(),
            next: Some("1795435200000.link_5f1c0e9ab3d2476188aa01cc".into()),
            connections: self.connections(),
            ..plain.clone()
        };
        let unset = LinksPage {
            usable: false,
            ..plain.clone()
        };
        vec![("none", plain), ("some", some), ("not-configured", unset)]
    }

    pub(crate) fn connects(&self) -> Vec<(&'static str, ConnectPage)> {
        let offer = |reconnects| ConnectState::Offer {
            label: self.some_name().filter(|_| reconnects),
            reconnects,
            expires_ms: NOW + HOUR / 3,
        };
        [
            ("new", offer(false)),
            ("again", offer(true)),
            ("unknown", ConnectState::Unknown),
            ("expired", ConnectState::Expired),
            ("used", ConnectState::Used),
            ("revoked", ConnectState::Revoked),
        ]
        .map(|(name, state)| {
            let page = ConnectPage {
                frame: self.frame("/connect/5f5f"),
                host: "shop.example.com".into(),
                state,
            };
            (name, page)
        })
        .into()
    }

    pub(crate) fn connects_done(&self) -> Vec<(&'static str, ConnectDonePage)> {
        let failed = self.failure(AuthError::AccessDenied);
        [("well", None), ("failed", Some(failed))]
            .map(|(name, failure)| {
                let frame = self.frame("/connect/done");
                (name, ConnectDonePage { frame, failure })
            })
            .into()
    }

    pub(crate) fn replace_account(&self) -> ReplaceAccountPage {
        ReplaceAccountPage {
            frame: self.frame("/aliexpress/authentication/connections/conn_x/replace"),
            connection: self.connection(0, ConnectionState::Active),
            orders: 4,
            writes_token_file: true,
        }
    }
}
