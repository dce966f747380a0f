//! Products that look like a picture.

use askama::Template;

use crate::page::format::places;
use crate::page::i18n::Key;
use crate::page::views::upstream::encode;
use crate::page::views::{Frame, MarketView, MissingSetting, Problem, ProductResults, Tab, Tone};

/// `GET` and `POST /aliexpress/products/by-picture`
#[derive(Debug, Clone, Template)]
#[template(path = "by_picture.html")]
pub struct PicturePage {
    /// What every page carries.
    pub frame: Frame,
    /// For whom products are looked for.
    pub market: MarketView,
    /// What there is to show.
    pub state: PictureState,
}

/// The states of the search.
#[derive(Debug, Clone)]
pub enum PictureState {
    /// Settings are missing.
    NotConfigured(Vec<MissingSetting>),
    /// No account is connected, or none that works.
    NotConnected,
    /// No picture was sent yet.
    Start,
    /// What was sent is no picture, or none at all.
    NoPicture,
    /// It is larger than may be sent on; how many bytes may be.
    TooLarge(usize),
    /// What looks alike, which may be nothing.
    Results(ProductResults),
    /// The gateway did not answer.
    Trouble(Problem),
}

impl PicturePage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::PictureTitle)
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        let country = || places::country(frame.texts(), &self.market.ship_to);
        match &self.state {
            PictureState::NotConfigured(_) => frame.t(Key::AnswerNotConfigured),
            PictureState::NotConnected => frame.t(Key::ProductsAnswerNotConnected),
            PictureState::Start => frame.t(Key::PictureAnswerStart),
            PictureState::NoPicture => frame.t(Key::PictureAnswerNone),
            PictureState::TooLarge(_) => frame.t(Key::PictureAnswerTooLarge),
            PictureState::Results(found) if found.cards.is_empty() => {
                frame.t1(Key::PictureAnswerNothing, "country", country())
            }
            PictureState::Results(found) => frame.t2(
                Key::PictureAnswerFound,
                "count",
                found.cards.len(),
                "country",
                country(),
            ),
            PictureState::Trouble(_) => frame.t(Key::ProductsAnswerTrouble),
        }
    }

    fn is_refused(&self) -> bool {
        matches!(
            self.state,
            PictureState::NoPicture | PictureState::TooLarge(_)
        )
    }

    fn detail_href(&self, id: &str) -> String {
        format!(
            "/aliexpress/products/{}?ship_to={}&currency={}",
            encode(id),
            encode(&self.market.ship_to),
            encode(&self.market.currency),
        )
    }
}
