//! Product pictures, drawn from numbers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::catalogue::Product;
use crate::catalogue::vocabulary::{COLOURS, Shape};
use crate::language::Language;
use crate::pages::escaped;
use crate::sandbox::Inner;
use crate::web::drawing;

/// Pictures of colours are numbered from here.
const FIRST_COLOUR_PICTURE: usize = 101;
/// No drawing of ours is longer, in bytes.
const LONGEST_DRAWING: usize = 16 * 1024;

/// `/_sandbox/pictures/{product}/{n}.svg`: 1 to 5 are the gallery, from 101 on one for each colour.
pub(crate) async fn serve(
    State(inner): State<Arc<Inner>>,
    Path((product, file)): Path<(String, String)>,
) -> Response {
    let number: Option<usize> = file
        .strip_suffix(".svg")
        .and_then(|number| number.parse().ok());
    let product = product.parse().ok().and_then(|id| inner.catalogue.find(id));
    let picture = product
        .zip(number)
        .and_then(|(product, number)| draw(&product, number));
    drawing(picture)
}

/// What a picture shows: the product's shape in a colour, turned, before a wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scene {
    pub(crate) shape: Shape,
    /// Index into [`COLOURS`].
    pub(crate) colour: usize,
    /// Degrees on the colour wheel, below 360.
    pub(crate) hue: i64,
    /// Degrees, -8 to 8.
    turn: i64,
}

impl Scene {
    /// The scene of a product's picture, if it has one of that number.
    fn of(product: &Product, number: usize) -> Option<Self> {
        let gallery = usize::try_from(product.pictures()).ok()?;
        let colour = match number {
            0 => return None,
            number if number <= gallery => gallery_colour(product, number),
            number => number.checked_sub(FIRST_COLOUR_PICTURE)?,
        };
        COLOURS.get(colour)?;
        let hue = (product.index as usize * 47 + number * 23) % 360;
        let turn = (number * 7 + product.index as usize) % 17;
        Some(Self {
            shape: product.family.shape,
            colour,
            hue: i64::try_from(hue).ok()?,
            turn: i64::try_from(turn).ok()? - 8,
        })
    }

    /// Reads one of our own drawings back: its scene and the label, escaped. None for any other text.
    pub(crate) fn read(svg: &str) -> Option<(Self, &str)> {
        if svg.len() > LONGEST_DRAWING {
            return None;
        }
        let between = |before: &str, after: char| {
            let (_, rest) = svg.split_once(before)?;
            rest.split_once(after).map(|(found, _)| found)
        };
        let colour = COLOURS.iter().position(|colour| {
            svg.contains(&format!("translate(400 420)\" fill=\"{}\"", colour.rgb))
        })?;
        let shape = SHAPES
            .into_iter()
            .find(|shape| svg.contains(outline(*shape)))?;
        let degrees = |before: &str| between(before, ' ')?.parse::<i64>().ok();
        let scene = Self {
            shape,
            colour,
            hue: degrees("hsl(").filter(|hue| (0..360).contains(hue))?,
            turn: degrees("rotate(").filter(|turn| (-8..=8).contains(turn))?,
        };
        Some((scene, between("aria-label=\"", '"')?))
    }

    /// Whether this is one of a product's own pictures.
    pub(crate) fn shows(self, product: &Product) -> bool {
        let gallery = product.pictures() as usize;
        let colours = FIRST_COLOUR_PICTURE..FIRST_COLOUR_PICTURE + COLOURS.len();
        (1..=gallery)
            .chain(colours)
            .any(|number| Self::of(product, number) == Some(self))
    }
}

/// Whether a picture of a product's gallery is in a colour.
pub(crate) fn gallery_has(product: &Product, colour: usize) -> bool {
    (1..=product.pictures() as usize).any(|number| gallery_colour(product, number) == colour)
}

const fn gallery_colour(product: &Product, number: usize) -> usize {
    (product.index as usize + number * 3) % COLOURS.len()
}

/// The text that stands for a product in its pictures.
pub(crate) fn label(product: &Product) -> String {
    escaped(&product.title(Language::English))
}

fn draw(product: &Product, number: usize) -> Option<String> {
    let scene = Scene::of(product, number)?;
    let colour = COLOURS.get(scene.colour)?;
    let label = label(product);
    Some(format!(
        concat!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 800" role="img" aria-label="{label}">"##,
            r##"<defs><linearGradient id="wall" x1="0" y1="0" x2="0" y2="1">"##,
            r##"<stop offset="0" stop-color="hsl({hue} 42% 92%)"/>"##,
            r##"<stop offset="1" stop-color="hsl({hue} 36% 80%)"/></linearGradient></defs>"##,
            r##"<rect width="800" height="800" fill="url(#wall)"/>"##,
            r##"<rect y="590" width="800" height="210" fill="hsl({hue} 30% 74%)"/>"##,
            r##"<ellipse cx="400" cy="640" rx="210" ry="26" fill="#000" opacity=".13"/>"##,
            r##"<g transform="rotate({turn} 400 420) translate(400 420)" fill="{rgb}" "##,
            r##"stroke="#1c1d21" stroke-opacity=".25" stroke-width="4">{shape}</g>"##,
            r##"<text x="400" y="752" text-anchor="middle" font-family="system-ui,sans-serif" "##,
            r##"font-size="26" fill="#3a3b40">SmartLinks sandbox</text></svg>"##,
        ),
        label = label,
        hue = scene.hue,
        turn = scene.turn,
        rgb = colour.rgb,
        shape = outline(scene.shape),
    ))
}

const SHAPES: [Shape; 10] = [
    Shape::Phone,
    Shape::Lamp,
    Shape::Bag,
    Shape::Bottle,
    Shape::Mat,
    Shape::Basket,
    Shape::Box,
    Shape::Ring,
    Shape::Book,
    Shape::Dome,
];

/// The thing itself, around the origin, about 400 units high.
const fn outline(shape: Shape) -> &'static str {
    match shape {
        Shape::Phone => concat!(
            r##"<rect x="-110" y="-210" width="220" height="420" rx="38"/>"##,
            r##"<rect x="-82" y="-182" width="96" height="104" rx="26" fill="#fff" fill-opacity=".22"/>"##,
            r##"<circle cx="-54" cy="-152" r="17" fill="#111"/><circle cx="-54" cy="-106" r="17" fill="#111"/>"##,
            r##"<circle cx="-12" cy="-130" r="12" fill="#eee"/>"##,
        ),
        Shape::Lamp => concat!(
            r##"<path d="M-96-60 L-52-210 H52 L96-60 Z"/>"##,
            r##"<path d="M-96-60 H96 L150 190 H-150 Z" fill="#ffe9a8" fill-opacity=".35" stroke="none"/>"##,
            r##"<rect x="-9" y="-60" width="18" height="230"/><ellipse cx="0" cy="184" rx="92" ry="24"/>"##,
        ),
        Shape::Bag => concat!(
            r##"<path d="M-78-92 C-78-236 78-236 78-92" fill="none" stroke-width="20"/>"##,
            r##"<path d="M-160-96 H160 L188 206 H-188 Z"/>"##,
            r##"<path d="M-160-96 H160 L164-50 H-164 Z" fill="#fff" fill-opacity=".18"/>"##,
        ),
        Shape::Bottle => concat!(
            r##"<rect x="-36" y="-214" width="72" height="58" rx="10" fill="#333"/>"##,
            r##"<path d="M-40-156 H40 C92-130 92-100 92-70 V170 C92 206 70 212 40 212 H-40 C-70 212-92 206-92 170 V-70 C-92-100-92-130-40-156 Z"/>"##,
            r##"<rect x="-92" y="-8" width="184" height="84" fill="#fff" fill-opacity=".25"/>"##,
        ),
        Shape::Mat => concat!(
            r##"<path d="M-220 60 L-120-120 H230 L160 140 Z"/>"##,
            r##"<path d="M-196 52 L-108-104 H208 L146 122 Z" fill="none" stroke="#fff" stroke-opacity=".6"/>"##,
        ),
        Shape::Basket => concat!(
            r##"<ellipse cx="0" cy="10" rx="220" ry="86"/>"##,
            r##"<ellipse cx="0" cy="0" rx="168" ry="54" fill="#fff" fill-opacity=".4"/>"##,
            r##"<path d="M-220 10 C-214 170 214 170 220 10" />"##,
        ),
        Shape::Box => concat!(
            r##"<rect x="-180" y="-130" width="360" height="290" rx="30"/>"##,
            r##"<circle cx="0" cy="14" r="96" fill="#fff" fill-opacity=".25"/>"##,
            r##"<circle cx="0" cy="14" r="34" fill="#111" fill-opacity=".5"/>"##,
        ),
        Shape::Ring => concat!(
            r##"<rect x="-44" y="-220" width="88" height="440" rx="34"/>"##,
            r##"<rect x="-82" y="-88" width="164" height="176" rx="44" fill="#222"/>"##,
            r##"<circle cx="0" cy="0" r="58" fill="#fff" fill-opacity=".2"/>"##,
        ),
        Shape::Book => concat!(
            r##"<rect x="-150" y="-200" width="300" height="400" rx="16"/>"##,
            r##"<rect x="-150" y="-200" width="46" height="400" fill="#000" fill-opacity=".22"/>"##,
            r##"<rect x="-60" y="-120" width="170" height="66" rx="8" fill="#fff" fill-opacity=".5"/>"##,
        ),
        Shape::Dome => concat!(
            r##"<path d="M-210 40 C-200-150 200-150 210 40 Z"/>"##,
            r##"<path d="M-70 40 C-60-90 60-90 70 40" fill="none" stroke="#fff" stroke-opacity=".5"/>"##,
            r##"<path d="M0 40 V180 C0 214 52 214 52 180" fill="none" stroke-width="14" stroke-opacity=".8"/>"##,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn a_drawing_tells_what_it_shows() {
        let catalogue = Catalogue {
            seed: 1,
            products: 500,
        };
        for index in 0..100 {
            let product = catalogue.product(index);
            for number in [1, 3, 101, 110] {
                let drawing = draw(&product, number).unwrap();
                let (scene, text) = Scene::read(&drawing).unwrap();
                assert_eq!(Some(scene), Scene::of(&product, number), "{index} {number}");
                assert_eq!(text, label(&product));
                assert!(scene.shows(&product));
            }
        }
        let drawing = draw(&catalogue.product(0), 1).unwrap();
        for other in [
            "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_owned(),
            drawing.replace("hsl(", "hsl(-9223372036854775808 "),
            drawing.replace("rotate(", "rotate(99999999999999999999 "),
            drawing.replace("aria-label", "title"),
            format!("{drawing}{}", " ".repeat(LONGEST_DRAWING)),
        ] {
            assert_eq!(Scene::read(&other), None, "{other}");
        }
    }
}
