//! Finding products without words: selections, categories, pictures.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

use smartlinks_core::{CategoryView, FeedQuery, FeedView, PICTURE_LIMIT};

use super::{asked_by, found};
use crate::cli::{ByPictureArgs, FeedArgs};
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::table;

pub(super) async fn feeds(connection: Option<String>, session: &Session) -> Result<(), Failure> {
    let feeds = session.core.feeds(connection.as_deref()).await?;
    session.output.data(&feeds, |feeds: &Vec<FeedView>| {
        if feeds.is_empty() {
            return "AliExpress offers no selections".to_owned();
        }
        let rows = feeds.iter().map(|feed| {
            let products = feed.products.map(|products| products.to_string());
            [
                feed.name.clone(),
                products.unwrap_or_default(),
                feed.description.clone().unwrap_or_default(),
            ]
        });
        table(["FEED", "PRODUCTS", "DESCRIPTION"], rows)
    })
}

pub(super) async fn feed(arguments: FeedArgs, session: &Session) -> Result<(), Failure> {
    let query = FeedQuery {
        name: arguments.name,
        category: arguments.category,
        market: asked_by(arguments.connection),
        page: arguments.paging.page,
        page_size: arguments.paging.page_size,
        sort: arguments.paging.sort.into(),
    };
    let page = session.core.feed_products(&query).await?;
    session.output.data(&page, found)
}

pub(super) async fn categories(
    connection: Option<String>,
    session: &Session,
) -> Result<(), Failure> {
    let categories = session.core.categories(None, connection.as_deref()).await?;
    session.output.data(&categories, |all| listed(all))
}

fn listed(categories: &[CategoryView]) -> String {
    let names: HashMap<i64, &str> = categories
        .iter()
        .map(|category| (category.id, category.name.as_str()))
        .collect();
    let rows = categories.iter().map(|category| {
        let above = category.parent.map(|parent| match names.get(&parent) {
            Some(name) => (*name).to_owned(),
            None => parent.to_string(),
        });
        [
            category.id.to_string(),
            category.name.clone(),
            above.unwrap_or_default(),
        ]
    });
    table(["CATEGORY", "NAME", "IN"], rows)
}

pub(super) async fn by_picture(arguments: ByPictureArgs, session: &Session) -> Result<(), Failure> {
    let picture = read(&arguments.file)?;
    let market = asked_by(arguments.connection);
    let page = session.core.find_by_picture(&picture, &market).await?;
    session.output.data(&page, found)
}

/// One byte more than may be sent on is enough to see that there are too many.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let most = PICTURE_LIMIT as u64 + 1;
    let mut picture = Vec::new();
    let taken = if file == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut picture)
    } else {
        std::fs::File::open(file).and_then(|file| file.take(most).read_to_end(&mut picture))
    };
    taken.map_err(|error| {
        let words = format!("{} could not be read", file.display());
        Failure::new(Exit::Failure, "not_read", words)
            .because(&error)
            .hint("Name a picture that you may read.")
    })?;
    Ok(picture)
}
