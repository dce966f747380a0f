//! Routes that stand in no OpenAPI document, with a list of what there is.
//!
//! A router cannot be asked for its routes, and the test that every route has a rule of access has to ask.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing;

use crate::state::AppState;

/// A router that remembers its routes.
#[derive(Default)]
pub(crate) struct Routes {
    router: Router<AppState>,
    table: Vec<(Method, &'static str)>,
}

impl Routes {
    /// A handler for GET (and HEAD).
    pub(crate) fn get<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.with(Method::GET, path, routing::get(handler))
    }

    /// A handler for POST.
    pub(crate) fn post<H, T>(self, path: &'static str, handler: H) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.with(Method::POST, path, routing::post(handler))
    }

    /// The routes of both.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.table.extend(other.table);
        self
    }

    /// The router, and its methods and paths.
    pub(crate) fn into_parts(self) -> (Router<AppState>, Vec<(Method, &'static str)>) {
        (self.router, self.table)
    }

    fn with(
        mut self,
        method: Method,
        path: &'static str,
        handler: routing::MethodRouter<AppState>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.table.push((method, path));
        self
    }
}
