//! Products that look like a picture. Our own drawings are read back; of any other image only a digest of
//! its bytes is taken, so that the same image always finds the same products.

use super::changes::Changes;
use super::countries::Country;
use super::search::SortKey;
use super::vocabulary::{COLOURS, FAMILIES};
use super::{Catalogue, Product, mix};
use crate::pictures::{self, Scene};

/// Likeness, in thousandths, of a product to one of its own pictures.
const ITSELF: i64 = 990;
const SAME_FAMILY: i64 = 600;
const SAME_SHAPE: i64 = 430;
const SAME_COLOUR: i64 = 220;
const SAME_TITLE: i64 = 90;
/// The most that wall and bytes can add.
const NEAR: i64 = 60;
/// Below this nothing is found: a colour alone is no likeness.
const SIMILAR: i64 = 300;
/// Family and colour.
const SAME: i64 = SAME_FAMILY + SAME_COLOUR;

/// What is to be seen in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// Index into [`FAMILIES`]; none when our drawing has a title without its family's name.
    family: Option<usize>,
    /// Index into [`COLOURS`].
    colour: usize,
    marks: Marks,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Marks {
    Ours { scene: Scene, label: String },
    Digest(u64),
}

impl Subject {
    /// Looks at an image. `None` when the bytes are no image.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if let Some(svg) = svg_text(bytes) {
            if let Some((scene, label)) = Scene::read(svg) {
                let family = FAMILIES.iter().position(|family| {
                    family.shape == scene.shape && label.contains(family.noun.0)
                });
                return Some(Self {
                    family,
                    colour: scene.colour,
                    marks: Marks::Ours {
                        scene,
                        label: label.to_owned(),
                    },
                });
            }
        } else if !is_raster(bytes) {
            return None;
        }
        let digest = digest(bytes);
        let spread = usize::try_from(digest.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40);
        let spread = spread.unwrap_or_default();
        Some(Self {
            family: Some(spread % FAMILIES.len()),
            colour: spread / FAMILIES.len() % COLOURS.len(),
            marks: Marks::Digest(digest),
        })
    }

    /// How much a product looks like it, in thousandths.
    fn likeness(&self, product: &Product) -> i64 {
        let is_family = self.family == Some(product.family_index);
        let shape = match &self.marks {
            Marks::Ours { scene, .. } => Some(scene.shape),
            Marks::Digest(_) => self.family.map(|index| FAMILIES[index].shape),
        };
        let mut likeness = if is_family {
            SAME_FAMILY
        } else if shape == Some(product.family.shape) {
            SAME_SHAPE
        } else {
            0
        };
        if pictures::gallery_has(product, self.colour) {
            likeness += SAME_COLOUR;
        }
        match &self.marks {
            Marks::Ours { scene, label } if likeness >= SAME_SHAPE => {
                if pictures::label(product) == *label {
                    if scene.shows(product) {
                        return ITSELF;
                    }
                    likeness += SAME_TITLE;
                }
                let wall = i64::from(product.index) * 47 % 360;
                let apart = (wall - scene.hue).abs();
                likeness + NEAR - apart.min(360 - apart) / 3
            }
            Marks::Ours { .. } => likeness,
            Marks::Digest(digest) => {
                let apart = (digest ^ mix(product.seed, product.index, 9)).count_ones();
                likeness + (NEAR - i64::from(apart)).max(0)
            }
        }
    }
}

/// The text of an SVG image.
fn svg_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes)
        .ok()?
        .trim_start_matches('\u{feff}');
    let text = text.trim_start();
    let is_svg = text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg"));
    is_svg.then_some(text)
}

/// PNG, JPEG, GIF, BMP or WebP by their first bytes.
fn is_raster(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"GIF87a",
        b"GIF89a",
        b"BM",
    ];
    starts.iter().any(|start| bytes.starts_with(start))
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
}

/// One bit for each of 64 stretches: whether its mean byte is above the mean of all.
fn digest(bytes: &[u8]) -> u64 {
    let mean = |part: &[u8]| {
        let sum: u64 = part.iter().map(|byte| u64::from(*byte)).sum();
        sum * 1000 / (part.len() as u64).max(1)
    };
    let all = mean(bytes);
    (0..64).fold(0, |bits, position| {
        let (from, to) = (
            bytes.len() * position / 64,
            bytes.len() * (position + 1) / 64,
        );
        bits << 1 | u64::from(mean(&bytes[from..to]) > all)
    })
}

/// What products are wanted, and in which order.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) country: &'a Country,
    /// Family and colour must agree.
    pub(crate) same_only: bool,
    /// By likeness when left out.
    pub(crate) sort: Option<SortKey>,
    pub(crate) descending: bool,
}

impl Catalogue {
    /// How many products look like the subject, and the first `most` of them with their likeness in
    /// thousandths.
    pub(crate) fn like(
        self,
        subject: &Subject,
        wanted: &Wanted<'_>,
        changes: &Changes,
        most: usize,
    ) -> (usize, Vec<(Product, i64)>) {
        let least = if wanted.same_only { SAME } else { SIMILAR };
        let mut found: Vec<(i64, u32, i64)> = Vec::new();
        for index in 0..self.products {
            let product = self.product(index);
            let likeness = subject.likeness(&product);
            if likeness >= least
                && product.sold_to(wanted.country)
                && product.on_sale(changes.of(product.id()))
            {
                let value = match wanted.sort {
                    Some(key) => key.value(&product, changes),
                    None => likeness,
                };
                let rank = if wanted.descending { -value } else { value };
                found.push((rank, index, likeness));
            }
        }
        let total = found.len();
        found.sort_unstable();
        found.truncate(most);
        let found = found
            .into_iter()
            .map(|(_, index, likeness)| (self.product(index), likeness))
            .collect();
        (total, found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_images_are_looked_at() {
        for image in [
            &b"\x89PNG\r\n\x1a\nrest"[..],
            b"\xff\xd8\xff\xe0",
            b"GIF89a..",
            b"RIFF\x01\x02\x03\x04WEBPVP8 ",
            b"\xef\xbb\xbf <svg/>",
            b"<?xml version='1.0'?><svg/>",
        ] {
            assert!(Subject::of(image).is_some(), "{image:?}");
        }
        for other in [
            &b""[..],
            b"hello",
            b"<?xml version='1.0'?><html/>",
            b"RIFF____WAVE",
        ] {
            assert_eq!(Subject::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_digest_moves_little_when_an_image_does() {
        let image: Vec<u8> = (0..6400_u32).map(|n| (n * n / 700 % 251) as u8).collect();
        let mut touched = image.clone();
        touched[17] ^= 0x55;
        let apart = (digest(&image) ^ digest(&touched)).count_ones();
        assert!(apart <= 2, "{apart}");
        assert_ne!(digest(&image), digest(&image[..3200]));
    }
}
