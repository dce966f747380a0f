//! Signing in, one-time links, and the operators.

use smartlinks_core::OidcRefusalKind;

use super::*;

impl Sample {
    fn frame_of_live(&self, path: &str) -> Frame {
        Frame {
            sandbox: false,
            ..self.frame(path)
        }
    }

    pub(super) fn sign_ins(&self) -> Vec<(&'static str, SignInPage)> {
        let page = |error: Option<SignInError>| SignInPage {
            frame: self.frame_of_live("/aliexpress/sign-in"),
            name: error.map_or_else(String::new, |_| self.name()),
            error,
            return_to: Some("/aliexpress/orders".into()),
            provider: None,
        };
        let by_provider = |error| SignInPage {
            name: String::new(),
            provider: Some(Provider {
                host: "login.a-rather-long-name.example.com".into(),
                path: "/aliexpress/sign-in/oidc?return_to=%2Faliexpress%2Forders".into(),
            }),
            ..page(error)
        };
        let unknown = SignInError::Provider(OidcRefusalKind::UnknownOperator);
        vec![
            ("plain", page(None)),
            ("wrong", page(Some(SignInError::Wrong))),
            ("empty", page(Some(SignInError::Empty))),
            ("too-many", page(Some(SignInError::TooManyAttempts(42)))),
            ("provider", by_provider(None)),
            ("provider-unknown", by_provider(Some(unknown))),
        ]
    }

    pub(super) fn sign_in_links(&self) -> Vec<(&'static str, SignInLinkPage)> {
        let page = |link, error| SignInLinkPage {
            frame: self.frame_of_live("/aliexpress/sign-in/link?token=ab"),
            link,
            error,
        };
        let first = || LinkState::FirstStart {
            token: "ab".into(),
            name: self.name(),
        };
        let choose = || LinkState::ChoosePassword {
            token: "ab".into(),
            name: self.name(),
        };
        vec![
            ("first", page(first(), None)),
            ("first-name", page(first(), Some(LinkError::Name))),
            ("first-password", page(first(), Some(LinkError::Password))),
            ("password", page(choose(), None)),
            ("password-differ", page(choose(), Some(LinkError::Differ))),
            ("spent", page(LinkState::Spent, None)),
        ]
    }

    pub(super) fn operators(&self) -> Vec<(&'static str, OperatorsPage)> {
        let page = |error| OperatorsPage {
            frame: Frame {
                can_sign_out: true,
                ..self.frame("/aliexpress/operators")
            },
            own: Some(self.own_account()),
            operators: self.operator_rows(),
            invitation: None,
            error,
            new_name: String::new(),
        };
        let alone = OperatorsPage {
            own: Some(OwnAccount {
                sessions: self.own_account().sessions.into_iter().take(1).collect(),
            }),
            operators: self.operator_rows().into_iter().take(1).collect(),
            ..page(None)
        };
        let invited = OperatorsPage {
            invitation: Some(Invitation {
                name: self.name(),
                link: "https://shop.example.com/aliexpress/sign-in/link?token=ab".into(),
                expires_ms: Some(NOW + 30 * MINUTE),
            }),
            ..page(None)
        };
        let open = OperatorsPage {
            frame: self.frame("/aliexpress/operators"),
            own: None,
            operators: Vec::new(),
            ..page(None)
        };
        vec![
            ("several", page(None)),
            ("alone", alone),
            ("invited", invited),
            ("open", open),
            ("name", page(Some(OperatorsError::Name))),
            ("taken", page(Some(OperatorsError::NameTaken))),
            ("wrong", page(Some(OperatorsError::WrongPassword))),
            ("password", page(Some(OperatorsError::Password))),
            ("differ", page(Some(OperatorsError::Differ))),
            ("too-many", page(Some(OperatorsError::TooManyAttempts(1)))),
        ]
    }

    fn own_account(&self) -> OwnAccount {
        let session = |this_one, agent: Option<String>| SessionRow {
            reference: "1f".into(),
            this_one,
            agent,
            address: Some("2001:db8:1:2:3:4:5:6".into()),
            began_ms: Some(NOW - 2 * DAY),
            seen_ms: Some(NOW - MINUTE),
        };
        OwnAccount {
            sessions: vec![
                session(true, Some("Firefox, Linux".into())),
                session(false, self.some_name()),
                SessionRow {
                    address: None,
                    began_ms: None,
                    seen_ms: None,
                    ..session(false, None)
                },
            ],
        }
    }

    fn operator_rows(&self) -> Vec<OperatorRow> {
        let row = |number: i64, own, state| OperatorRow {
            id: format!("op_{number}"),
            name: match number {
                3 => self.name(),
                2 => "claire.dubois@example.org".into(),
                _ => "Karim Benali".into(),
            },
            own,
            state,
            added_ms: Some(NOW - number * DAY),
        };
        vec![
            row(3, true, OperatorState::Active),
            row(2, false, OperatorState::Invited),
            row(1, false, OperatorState::Disabled),
        ]
    }
}
