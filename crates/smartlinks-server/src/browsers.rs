//! Which browser is asking: known by the random id in its cookie, which is never replaced while valid.

use axum::http::HeaderMap;
use axum::response::Response;
use smartlinks_core::Browser;

use crate::cookies::Cookie;
use crate::state::AppState;

/// The browser that sent these headers, if it has been here before.
pub(crate) fn known(state: &AppState, headers: &HeaderMap) -> Option<Browser> {
    let value = Cookie::Browser.read(headers, state.options().secure_cookies)?;
    Browser::from_cookie(&value)
}

/// A browser, with the cookie that it still has to be given.
pub(crate) struct Recognised {
    pub(crate) browser: Browser,
    fresh: Option<String>,
}

/// The browser that sent these headers; a new one if it has not been here before.
pub(crate) fn known_or_new(
    state: &AppState,
    headers: &HeaderMap,
) -> smartlinks_core::Result<Recognised> {
    if let Some(browser) = known(state, headers) {
        return Ok(Recognised {
            browser,
            fresh: None,
        });
    }
    let (value, browser) = Browser::generate(state.core())?;
    Ok(Recognised {
        browser,
        fresh: Some(value),
    })
}

impl Recognised {
    /// Gives a new browser its cookie.
    pub(crate) fn remember(fresh: Option<String>, response: &mut Response, state: &AppState) {
        if let Some(value) = fresh {
            Cookie::Browser.set(response, &value, state.options().secure_cookies);
        }
    }

    /// Takes browser and cookie apart.
    pub(crate) fn into_parts(self) -> (Browser, Option<String>) {
        (self.browser, self.fresh)
    }
}
