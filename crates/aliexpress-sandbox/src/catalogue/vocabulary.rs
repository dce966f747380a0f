//! What there is to sell, and the words and colours it is described with.

/// How a family is drawn in its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Phone,
    Lamp,
    Bag,
    Bottle,
    Mat,
    Basket,
    Box,
    Ring,
    Book,
    Dome,
}

/// A second choice besides the colour.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) property_id: i64,
    pub(crate) name: (&'static str, &'static str),
    /// Value id and text.
    pub(crate) values: &'static [(i64, &'static str)],
}

static CLOTHING: Sizes = Sizes {
    property_id: 5,
    name: ("Size", "Taille"),
    values: &[
        (100_014_064, "S"),
        (361_386, "M"),
        (361_385, "L"),
        (100_014_065, "XL"),
    ],
};
static MEASURES: Sizes = Sizes {
    property_id: 183,
    name: ("Size", "Taille"),
    values: &[
        (200_007_741, "50x80cm"),
        (200_007_742, "60x90cm"),
        (200_007_743, "40x60cm"),
    ],
};
static PHONES: Sizes = Sizes {
    property_id: 200_000_828,
    name: ("Model", "Modèle"),
    values: &[
        (201_336_281, "Model 15"),
        (201_336_282, "Model 15 Pro"),
        (201_336_283, "Model 16"),
        (201_336_284, "Model 16 Pro"),
    ],
};
static VOLUMES: Sizes = Sizes {
    property_id: 200_009_002,
    name: ("Capacity", "Contenance"),
    values: &[
        (200_661_001, "350ml"),
        (200_661_002, "500ml"),
        (200_661_003, "750ml"),
    ],
};
static PLUGS: Sizes = Sizes {
    property_id: 200_000_124,
    name: ("Plug Type", "Type de prise"),
    values: &[
        (201_447_001, "EU"),
        (201_447_002, "US"),
        (201_447_003, "UK"),
    ],
};
static ONE_SIZE: Sizes = Sizes {
    property_id: 0,
    name: ("", ""),
    values: &[],
};

/// A kind of product.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) noun: (&'static str, &'static str),
    /// Gender of the French noun, for its adjectives.
    pub(crate) feminine: bool,
    /// Category path, root first.
    pub(crate) categories: [i64; 3],
    /// Indexes into [`MATERIALS`].
    pub(crate) materials: &'static [usize],
    /// Indexes into [`USES`].
    pub(crate) uses: &'static [usize],
    /// Sale price range in US cents.
    pub(crate) cents: (i64, i64),
    pub(crate) sizes: &'static Sizes,
    pub(crate) grams: i64,
    pub(crate) shape: Shape,
}

#[expect(clippy::too_many_arguments, reason = "one row of the table below")]
const fn family(
    noun: (&'static str, &'static str),
    feminine: bool,
    categories: [i64; 3],
    materials: &'static [usize],
    uses: &'static [usize],
    cents: (i64, i64),
    sizes: &'static Sizes,
    grams: i64,
    shape: Shape,
) -> Family {
    Family {
        noun,
        feminine,
        categories,
        materials,
        uses,
        cents,
        sizes,
        grams,
        shape,
    }
}

/// How many families at the front are promised for every seed.
pub(crate) const PROMISED: usize = 3;

/// All families; the first [`PROMISED`] carry the words `case`/`coque`, `lamp`/`lampe` and `bag`.
pub(crate) static FAMILIES: [Family; 16] = [
    family(
        ("Phone Case", "Coque de téléphone"),
        true,
        [509, 380_230, 200_001_385],
        &[0, 1, 2],
        &[0, 1, 2],
        (199, 1299),
        &PHONES,
        60,
        Shape::Phone,
    ),
    family(
        ("Desk Lamp", "Lampe de bureau"),
        true,
        [39, 390_501, 200_003_210],
        &[3, 4, 5],
        &[3, 4, 5],
        (899, 4599),
        &PLUGS,
        620,
        Shape::Lamp,
    ),
    family(
        ("Tote Bag", "Sac cabas"),
        false,
        [1524, 152_401, 200_010_063],
        &[2, 6, 7],
        &[2, 6, 7],
        (499, 3999),
        &ONE_SIZE,
        320,
        Shape::Bag,
    ),
    family(
        ("Water Bottle", "Gourde"),
        true,
        [15, 100_004_814, 200_215_013],
        &[3, 8, 4],
        &[6, 7, 8],
        (599, 2499),
        &VOLUMES,
        310,
        Shape::Bottle,
    ),
    family(
        ("Bath Mat", "Tapis de bain"),
        false,
        [15, 405, 200_154_001],
        &[6, 9, 7],
        &[3, 9, 2],
        (399, 1999),
        &MEASURES,
        450,
        Shape::Mat,
    ),
    family(
        ("Cat Bed", "Panier pour chat"),
        false,
        [15, 100_006_664, 200_003_691],
        &[6, 9, 10],
        &[3, 9, 10],
        (799, 3499),
        &CLOTHING,
        700,
        Shape::Basket,
    ),
    family(
        ("Yoga Mat", "Tapis de yoga"),
        false,
        [18, 200_005_156, 200_294_142],
        &[0, 4, 9],
        &[8, 3, 7],
        (999, 4999),
        &ONE_SIZE,
        900,
        Shape::Mat,
    ),
    family(
        ("Wireless Speaker", "Enceinte sans fil"),
        true,
        [44, 629, 200_001_411],
        &[4, 3, 5],
        &[6, 7, 3],
        (1299, 7999),
        &ONE_SIZE,
        480,
        Shape::Box,
    ),
    family(
        ("Watch Strap", "Bracelet de montre"),
        false,
        [1511, 200_000_097, 361_120],
        &[0, 2, 3],
        &[8, 2, 11],
        (299, 1899),
        &ONE_SIZE,
        35,
        Shape::Ring,
    ),
    family(
        ("Notebook", "Carnet"),
        false,
        [21, 211_106, 200_003_196],
        &[11, 2, 10],
        &[4, 6, 11],
        (249, 1499),
        &ONE_SIZE,
        240,
        Shape::Book,
    ),
    family(
        ("Cushion Cover", "Housse de coussin"),
        true,
        [15, 405, 40_501],
        &[6, 7, 9],
        &[3, 5, 11],
        (299, 1599),
        &MEASURES,
        150,
        Shape::Box,
    ),
    family(
        ("Kitchen Scale", "Balance de cuisine"),
        true,
        [15, 200_000_920, 200_217_534],
        &[3, 8, 4],
        &[9, 3, 11],
        (899, 2999),
        &ONE_SIZE,
        420,
        Shape::Box,
    ),
    family(
        ("Umbrella", "Parapluie"),
        false,
        [15, 100_004_815, 152_406],
        &[9, 4, 7],
        &[6, 7, 2],
        (699, 2999),
        &ONE_SIZE,
        380,
        Shape::Dome,
    ),
    family(
        ("Plush Toy", "Peluche"),
        true,
        [26, 200_003_595, 200_003_743],
        &[6, 9, 7],
        &[10, 11, 3],
        (399, 2999),
        &CLOTHING,
        220,
        Shape::Dome,
    ),
    family(
        ("Makeup Brush", "Pinceau de maquillage"),
        false,
        [66, 660_103, 200_001_221],
        &[10, 4, 9],
        &[2, 11, 6],
        (199, 999),
        &ONE_SIZE,
        30,
        Shape::Bottle,
    ),
    family(
        ("Bike Light", "Éclairage de vélo"),
        false,
        [18, 200_003_570, 200_003_571],
        &[3, 4, 0],
        &[7, 8, 6],
        (499, 2999),
        &ONE_SIZE,
        90,
        Shape::Lamp,
    ),
];

/// Adjectives: English, French masculine, French feminine.
pub(crate) static ADJECTIVES: [(&str, &str, &str); 14] = [
    ("Foldable", "pliable", "pliable"),
    ("Lightweight", "léger", "légère"),
    ("Waterproof", "étanche", "étanche"),
    ("Shockproof", "antichoc", "antichoc"),
    ("Minimalist", "minimaliste", "minimaliste"),
    ("Vintage", "vintage", "vintage"),
    ("Colourful", "coloré", "colorée"),
    ("Non-slip", "antidérapant", "antidérapante"),
    ("Compact", "compact", "compacte"),
    ("Elegant", "élégant", "élégante"),
    ("Durable", "résistant", "résistante"),
    ("Soft", "doux", "douce"),
    ("Portable", "portable", "portable"),
    ("Handmade", "artisanal", "artisanale"),
];

/// Materials in both languages.
pub(crate) static MATERIALS: [(&str, &str); 12] = [
    ("Silicone", "silicone"),
    ("Clear", "polycarbonate transparent"),
    ("Leather", "cuir"),
    ("Aluminium", "aluminium"),
    ("Rubber", "caoutchouc"),
    ("Glass", "verre"),
    ("Cotton", "coton"),
    ("Canvas", "toile"),
    ("Stainless Steel", "acier inoxydable"),
    ("Polyester", "polyester"),
    ("Bamboo", "bambou"),
    ("Paper", "papier recyclé"),
];

/// Purposes in both languages.
pub(crate) static USES: [(&str, &str); 12] = [
    ("with Ring Holder", "avec anneau"),
    ("with Card Slot", "avec porte-cartes"),
    ("for Women and Men", "pour femme et homme"),
    ("for the Home", "pour la maison"),
    ("for the Office", "pour le bureau"),
    ("for the Bedroom", "pour la chambre"),
    ("for Travel", "pour le voyage"),
    ("for Outdoor Use", "pour l'extérieur"),
    ("for Sport", "pour le sport"),
    ("for Kitchen and Bathroom", "pour cuisine et salle de bains"),
    ("for Small Pets", "pour petits animaux"),
    ("as a Gift", "idée cadeau"),
];

/// A colour: property value id, platform name (English, French), seller's label, and how it is drawn.
#[derive(Debug)]
pub(crate) struct Colour {
    pub(crate) value_id: i64,
    pub(crate) name: (&'static str, &'static str),
    pub(crate) label: &'static str,
    pub(crate) rgb: &'static str,
}

const fn colour(
    value_id: i64,
    name: (&'static str, &'static str),
    label: &'static str,
    rgb: &'static str,
) -> Colour {
    Colour {
        value_id,
        name,
        label,
        rgb,
    }
}

/// All colours.
pub(crate) static COLOURS: [Colour; 10] = [
    colour(193, ("BLACK", "NOIR"), "Night", "#2b2d33"),
    colour(29, ("WHITE", "BLANC"), "Milk", "#e9e4da"),
    colour(10, ("RED", "ROUGE"), "Cherry", "#c0392f"),
    colour(173, ("BLUE", "BLEU"), "Lagoon", "#2f6fb0"),
    colour(175, ("GREEN", "VERT"), "Forest", "#3c7a52"),
    colour(366, ("YELLOW", "JAUNE"), "Mustard", "#d5a021"),
    colour(1052, ("PINK", "ROSE"), "Blush", "#d98a9e"),
    colour(691, ("GRAY", "GRIS"), "Stone", "#8a8f96"),
    colour(365_458, ("BROWN", "MARRON"), "Oak", "#8a5a36"),
    colour(496, ("PURPLE", "VIOLET"), "Plum", "#6d4a8c"),
];

/// Titles that break careless pages, spreadsheets and terminals. Found by the word `hostile`.
pub(crate) static HOSTILE_TITLES: [&str; 4] = [
    "<script>alert(1)</script> & \"quotes\" lamp",
    "'; DROP TABLE products; -- bag \u{202e}gpj.exe",
    "<img src=x onerror=alert(2)> coque {{7*7}} ${7*7} %00",
    "=HYPERLINK(\"http://example.invalid\",\"case\") \u{1b}[31mred\u{1b}[0m",
];
