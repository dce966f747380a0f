//! The made-up people who can authorise.

/// One account of the login page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Short name for the control API.
    pub(crate) alias: &'static str,
    pub(crate) user_id: &'static str,
    pub(crate) havana_id: &'static str,
    pub(crate) nick: &'static str,
    pub(crate) login: &'static str,
    /// `buyerApp` for a dropshipper, `seller_center` for a seller.
    pub(crate) platform: &'static str,
    /// Whether `try_to_pay` can work: on the real platform an account has to be admitted to it.
    pub(crate) may_auto_pay: bool,
}

pub(crate) const ACCOUNTS: [Account; 3] = [
    Account {
        alias: "buyer",
        user_id: "1700000001",
        havana_id: "170000000001",
        nick: "demo_buyer",
        login: "demo.buyer@example.com",
        platform: "buyerApp",
        may_auto_pay: true,
    },
    Account {
        alias: "buyer2",
        user_id: "1700000002",
        havana_id: "170000000002",
        nick: "second_buyer",
        login: "second.buyer@example.com",
        platform: "buyerApp",
        may_auto_pay: false,
    },
    Account {
        alias: "seller",
        user_id: "1700000009",
        havana_id: "170000000009",
        nick: "demo_seller",
        login: "demo.seller@example.com",
        platform: "seller_center",
        may_auto_pay: false,
    },
];

/// The account of the seeded orders, chosen when nothing else is said.
pub(crate) const DEFAULT: &Account = &ACCOUNTS[0];

/// Finds an account by user id, alias, nick or login.
pub(crate) fn find(name: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| {
        [account.user_id, account.alias, account.nick, account.login].contains(&name)
    })
}
