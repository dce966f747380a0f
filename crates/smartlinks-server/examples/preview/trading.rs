//! Search by picture, and the affiliate programme.

use smartlinks_server::page::views::*;

use super::Sample;

impl Sample {
    pub(crate) fn pictures(&self) -> Vec<(&'static str, PicturePage)> {
        let nothing = ProductResults {
            cards: vec![],
            ..self.results()
        };
        let states = [
            ("start", PictureState::Start),
            ("results", PictureState::Results(self.results())),
            ("nothing", PictureState::Results(nothing)),
            ("no-picture", PictureState::NoPicture),
            ("too-large", PictureState::TooLarge(700_000)),
            ("trouble", PictureState::Trouble(self.problem("timeout"))),
            ("not-connected", PictureState::NotConnected),
            (
                "not-configured",
                PictureState::NotConfigured(self.missing()),
            ),
        ];
        let page = |state| PicturePage {
            frame: self.frame("/aliexpress/products/by-picture"),
            market: self.market(),
            state,
        };
        states.map(|(name, state)| (name, page(state))).into()
    }

    pub(crate) fn link_pages(&self) -> Vec<(&'static str, AffiliatePage)> {
        let line = |number: usize| LinkLine {
            source: self.text(),
            link: match number {
                0 => Ok(self.upstream.link.to_owned()),
                1 => Err(NoLink::NotAliexpress),
                2 => Err(NoLink::Refused(self.upstream.said.to_owned())),
                _ => Err(NoLink::NoAnswer),
            },
        };
        let states = [
            ("start", Earning::Start),
            ("made", Earning::Answer((0..4).map(line).collect())),
            ("not-permitted", Earning::NotPermitted),
            ("trouble", Earning::failed(self.problem("timeout"))),
            ("not-configured", Earning::NotConfigured(self.missing())),
        ];
        let page = |state| AffiliatePage {
            frame: self.frame("/aliexpress/affiliate"),
            market: self.market(),
            form: LinkForm {
                tracking_id: "shop_fr".into(),
                sources: self.text(),
                hot: true,
            },
            state,
        };
        states.map(|(name, state)| (name, page(state))).into()
    }

    pub(crate) fn hot_pages(&self) -> Vec<(&'static str, HotPage)> {
        let row = |number: usize| HotRow {
            card: self.card(number),
            rate: (number != 1).then(|| "7.0%".into()),
            link: (number != 1).then(|| self.upstream.link.into()),
        };
        let found = |count| HotResults {
            total: if count > 0 { 1_348 } else { 0 },
            page_size: 20,
            rows: (0..count).map(row).collect(),
        };
        let states = [
            ("found", Earning::Answer(found(4))),
            ("none", Earning::Answer(found(0))),
            ("not-permitted", Earning::NotPermitted),
            ("trouble", Earning::failed(self.problem("ApiCallLimit"))),
            ("not-configured", Earning::NotConfigured(self.missing())),
        ];
        let page = |state| HotPage {
            frame: self.frame("/aliexpress/affiliate/hot?q=lamp"),
            market: self.market(),
            query: HotQuery {
                q: self.text(),
                tracking_id: "shop_fr".into(),
                page: 2,
            },
            state,
        };
        states.map(|(name, state)| (name, page(state))).into()
    }

    pub(crate) fn commission_pages(&self) -> Vec<(&'static str, CommissionsPage)> {
        let row = |number: usize| CommissionRow {
            order_id: format!("818800000000000{number}"),
            title: self.some_text(),
            status: Some("Payment Completed".into()),
            void_reason: (number == 2).then(|| "FullRefund".into()),
            paid: Some(Price::new("12.90", "USD")),
            commission: (number != 2).then(|| Price::new("0.90", "USD")),
            rate: Some("7.0%".into()),
            tracking_id: Some("shop_fr".into()),
            created: Some("2026-11-20T08:30:00".into()),
        };
        let found = |count| CommissionResults {
            total: if count > 0 { 41 } else { 0 },
            page_size: 20,
            rows: (0..count).map(row).collect(),
        };
        let states = [
            ("found", Earning::Answer(found(3))),
            ("none", Earning::Answer(found(0))),
            ("not-permitted", Earning::NotPermitted),
            (
                "trouble",
                Earning::failed(self.problem("invalid_parameter")),
            ),
            ("not-configured", Earning::NotConfigured(self.missing())),
        ];
        let page = |state| CommissionsPage {
            frame: self.frame("/aliexpress/affiliate/orders"),
            query: CommissionsQuery {
                from: "2026-10-25".into(),
                until: "2026-11-23".into(),
                stage: CommissionStage::Paid,
                page: 2,
            },
            state,
        };
        states.map(|(name, state)| (name, page(state))).into()
    }
}
