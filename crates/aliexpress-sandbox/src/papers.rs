//! Certificates and licences, drawn as sheets of paper that say what they are not.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::catalogue::Product;
use crate::catalogue::papers::{self, Paper};
use crate::language::Language;
use crate::pages::escaped;
use crate::sandbox::Inner;
use crate::web::drawing;

/// `/_sandbox/papers/{product}/{key}.svg`: one certificate of a product.
pub(crate) async fn serve(
    State(inner): State<Arc<Inner>>,
    Path((product, file)): Path<(String, String)>,
) -> Response {
    let product = product.parse().ok().and_then(|id| inner.catalogue.find(id));
    let paper = product
        .zip(file.strip_suffix(".svg"))
        .and_then(|(product, key)| {
            let paper = papers::of(&product).find(|paper| paper.key == key)?;
            Some(certificate(&product, paper))
        });
    drawing(paper)
}

fn certificate(product: &Product, paper: &Paper) -> String {
    let lines = [
        format!("Product {}", product.id()),
        product.title(Language::English),
        format!("Valid in {}", paper.countries.join(", ")),
    ];
    sheet(paper.name, &lines)
}

/// The business licence of the seller of a product.
pub(crate) fn licence(product: &Product) -> String {
    let lines = [
        format!("Seller {}", product.seller_id()),
        format!("Shop{} Store", product.store_id()),
        "1 Example Road, Example City, China".to_owned(),
    ];
    sheet("Business Licence", &lines)
}

fn sheet(title: &str, lines: &[String; 3]) -> String {
    let [first, second, third] = lines.each_ref().map(|line| escaped(line));
    let title = escaped(title);
    format!(
        concat!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 620 420" role="img" aria-label="{title}">"##,
            r##"<rect width="620" height="420" fill="#faf7ef"/>"##,
            r##"<rect x="18" y="18" width="584" height="384" fill="none" stroke="#8a7a4d" stroke-width="4"/>"##,
            r##"<g font-family="system-ui,sans-serif" fill="#2b2d33" text-anchor="middle">"##,
            r##"<text x="310" y="96" font-size="30">{title}</text>"##,
            r##"<text x="310" y="170" font-size="18">{first}</text>"##,
            r##"<text x="310" y="206" font-size="16">{second}</text>"##,
            r##"<text x="310" y="242" font-size="16">{third}</text>"##,
            r##"<text x="310" y="340" font-size="20" fill="#c0392f">Made up by the SmartLinks sandbox</text>"##,
            r##"</g></svg>"##,
        ),
        title = title,
        first = first,
        second = second,
        third = third,
    )
}
