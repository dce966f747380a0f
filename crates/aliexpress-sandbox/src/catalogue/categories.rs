//! The category tree: one table behind both category methods and the category names of search rows.
//!
//! Roots carry the platform's own numbers and names. Every product family's path is in it; the rest is
//! there so that a client has a tree to walk.

use crate::language::Language;

/// A node of the table.
#[derive(Debug)]
struct Node {
    id: i64,
    /// English and French.
    name: (&'static str, &'static str),
    children: &'static [Node],
}

const fn leaf(id: i64, english: &'static str, french: &'static str) -> Node {
    Node {
        id,
        name: (english, french),
        children: &[],
    }
}

const fn node(
    id: i64,
    english: &'static str,
    french: &'static str,
    children: &'static [Node],
) -> Node {
    Node {
        id,
        name: (english, french),
        children,
    }
}

/// A category, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    pub(crate) id: i64,
    /// None at the top.
    pub(crate) parent: Option<i64>,
    name: (&'static str, &'static str),
}

impl Category {
    pub(crate) const fn name(self, language: Language) -> &'static str {
        language.pick(self.name.0, self.name.1)
    }
}

/// Every category, each parent before its children.
pub(crate) fn all() -> Vec<Category> {
    let mut categories = Vec::with_capacity(256);
    collect(&TREE, None, &mut categories);
    categories
}

/// The category with an id.
pub(crate) fn find(id: i64) -> Option<Category> {
    all().into_iter().find(|category| category.id == id)
}

/// The name of a category; empty when the tree has none.
pub(crate) fn name(id: i64, language: Language) -> &'static str {
    find(id).map_or("", |category| category.name(language))
}

fn collect(nodes: &'static [Node], parent: Option<i64>, into: &mut Vec<Category>) {
    for node in nodes {
        into.push(Category {
            id: node.id,
            parent,
            name: node.name,
        });
        collect(node.children, Some(node.id), into);
    }
}

#[rustfmt::skip]
static TREE: [Node; 27] = [
    node(2, "Food", "Alimentation", &[
        leaf(238, "Coffee", "Café"),
        leaf(239, "Tea", "Thé"),
        leaf(200_001_286, "Dried Fruit", "Fruits secs"),
        leaf(200_002_419, "Nuts & Kernels", "Noix et graines"),
    ]),
    node(6, "Home Appliances", "Électroménager", &[
        node(100_000_039, "Kitchen Appliances", "Appareils de cuisine", &[
            leaf(100_000_011, "Blenders", "Mixeurs"),
            leaf(100_000_012, "Coffee Makers", "Cafetières"),
            leaf(100_000_013, "Electric Kettles", "Bouilloires électriques"),
        ]),
        node(100_000_040, "Cleaning Appliances", "Appareils de nettoyage", &[
            leaf(100_000_041, "Vacuum Cleaners", "Aspirateurs"),
            leaf(100_000_042, "Steam Mops", "Balais vapeur"),
        ]),
        leaf(100_000_043, "Air Conditioning Appliances", "Climatisation"),
        leaf(100_000_044, "Personal Care Appliances", "Soins personnels électriques"),
    ]),
    node(7, "Computer & Office", "Informatique et bureau", &[
        node(70_803_003, "Computer Peripherals", "Périphériques", &[
            leaf(70_803_004, "Keyboards", "Claviers"),
            leaf(70_803_005, "Mice", "Souris"),
            leaf(70_803_006, "Webcams", "Webcams"),
        ]),
        node(70_806, "Storage Devices", "Stockage", &[
            leaf(70_807, "USB Flash Drives", "Clés USB"),
            leaf(70_808, "External Hard Drives", "Disques durs externes"),
        ]),
        leaf(701, "Laptops", "Ordinateurs portables"),
        leaf(702, "Desktops", "Ordinateurs de bureau"),
        leaf(200_001_081, "Tablets", "Tablettes"),
        leaf(200_001_083, "Laptop Bags", "Sacoches d'ordinateur"),
    ]),
    node(13, "Home Improvement", "Bricolage", &[
        node(42, "Hardware", "Quincaillerie", &[
            leaf(4201, "Locks", "Serrures"),
            leaf(4202, "Hinges", "Charnières"),
            leaf(4203, "Fasteners & Hooks", "Fixations et crochets"),
        ]),
        node(5, "Electrical Equipment & Supplies", "Équipement électrique", &[
            leaf(501, "Wall Switches", "Interrupteurs"),
            leaf(503, "Sockets", "Prises"),
        ]),
        leaf(100_006_479, "Bathroom Fixtures", "Équipement de salle de bains"),
        leaf(100_006_480, "Kitchen Fixtures", "Équipement de cuisine"),
    ]),
    node(15, "Home & Garden", "Maison et jardin", &[
        node(405, "Home Textile", "Textiles de maison", &[
            leaf(40_501, "Cushion Covers", "Housses de coussin"),
            leaf(40_502, "Curtains", "Rideaux"),
            leaf(40_503, "Blankets", "Couvertures"),
            leaf(200_154_001, "Bath Mats", "Tapis de bain"),
        ]),
        node(100_006_664, "Pet Products", "Animalerie", &[
            leaf(200_003_691, "Cat Beds & Mats", "Paniers et tapis pour chat"),
            leaf(200_003_692, "Dog Collars & Leads", "Colliers et laisses"),
            leaf(200_003_693, "Pet Toys", "Jouets pour animaux"),
        ]),
        node(100_004_814, "Drinkware", "Verres et gourdes", &[
            leaf(200_215_013, "Water Bottles", "Gourdes"),
            leaf(200_215_014, "Mugs", "Tasses"),
            leaf(200_215_015, "Vacuum Flasks", "Bouteilles isothermes"),
        ]),
        node(200_000_920, "Kitchen, Dining & Bar", "Cuisine et arts de la table", &[
            leaf(200_217_534, "Kitchen Scales", "Balances de cuisine"),
            leaf(200_217_535, "Kitchen Knives", "Couteaux de cuisine"),
            leaf(200_217_536, "Bakeware", "Ustensiles de pâtisserie"),
            leaf(200_217_537, "Tableware", "Vaisselle"),
        ]),
        node(100_004_815, "Household Merchandises", "Articles ménagers", &[
            leaf(152_406, "Umbrellas", "Parapluies"),
            leaf(152_407, "Clothes Hangers", "Cintres"),
            leaf(152_408, "Laundry Baskets", "Paniers à linge"),
        ]),
        node(125, "Garden Supplies", "Fournitures de jardin", &[
            leaf(12_501, "Watering & Irrigation", "Arrosage"),
            leaf(12_503, "Garden Pots & Planters", "Pots et jardinières"),
        ]),
        leaf(3710, "Home Decor", "Décoration"),
        leaf(200_002_086, "Home Storage & Organization", "Rangement"),
    ]),
    node(18, "Sports & Entertainment", "Sports et loisirs", &[
        node(200_005_156, "Fitness & Body Building", "Fitness et musculation", &[
            leaf(200_294_142, "Yoga Mats", "Tapis de yoga"),
            leaf(200_294_143, "Resistance Bands", "Bandes de résistance"),
            leaf(200_294_144, "Dumbbells", "Haltères"),
        ]),
        node(200_003_570, "Cycling", "Cyclisme", &[
            leaf(200_003_571, "Bicycle Lights", "Éclairages de vélo"),
            leaf(200_003_572, "Bicycle Bags", "Sacoches de vélo"),
            leaf(200_003_573, "Bicycle Helmets", "Casques de vélo"),
        ]),
        node(200_003_500, "Camping & Hiking", "Camping et randonnée", &[
            leaf(200_003_501, "Tents", "Tentes"),
            leaf(200_003_502, "Sleeping Bags", "Sacs de couchage"),
        ]),
        leaf(200_003_520, "Fishing", "Pêche"),
        leaf(200_003_540, "Swimming", "Natation"),
    ]),
    node(21, "Office & School Supplies", "Fournitures de bureau et scolaires", &[
        node(211_106, "Notebooks & Writing Pads", "Carnets et blocs-notes", &[
            leaf(200_003_196, "Notebooks", "Carnets"),
            leaf(200_003_197, "Planners", "Agendas"),
        ]),
        node(211_111, "Pens, Pencils & Writing Supplies", "Stylos et crayons", &[
            leaf(211_112, "Gel Pens", "Stylos gel"),
            leaf(211_113, "Fountain Pens", "Stylos plume"),
        ]),
        leaf(211_120, "Desk Accessories", "Accessoires de bureau"),
    ]),
    node(26, "Toys & Hobbies", "Jouets et loisirs créatifs", &[
        node(200_003_595, "Stuffed Animals & Plush", "Peluches", &[
            leaf(200_003_743, "Plush Toys", "Jouets en peluche"),
            leaf(200_003_744, "Plush Backpacks", "Sacs à dos en peluche"),
        ]),
        node(200_003_600, "Building Toys", "Jeux de construction", &[
            leaf(200_003_601, "Blocks", "Briques"),
            leaf(200_003_602, "Model Kits", "Maquettes"),
        ]),
        leaf(200_003_620, "Puzzles", "Puzzles"),
        leaf(200_003_630, "Remote Control Toys", "Jouets télécommandés"),
    ]),
    node(30, "Security & Protection", "Sécurité et protection", &[
        leaf(3007, "Access Control", "Contrôle d'accès"),
        leaf(3009, "Fire Protection", "Protection incendie"),
        leaf(3011, "Video Surveillance", "Vidéosurveillance"),
        leaf(3012, "Workplace Safety Supplies", "Équipement de protection"),
    ]),
    node(34, "Automobiles, Parts & Accessories", "Automobile et accessoires", &[
        node(200_000_191, "Interior Accessories", "Accessoires d'intérieur", &[
            leaf(200_000_192, "Seat Covers", "Housses de siège"),
            leaf(200_000_193, "Floor Mats", "Tapis de sol"),
        ]),
        node(200_000_285, "Car Electronics", "Électronique embarquée", &[
            leaf(200_000_286, "Dash Cams", "Caméras embarquées"),
            leaf(200_000_287, "Car Chargers", "Chargeurs de voiture"),
        ]),
        leaf(200_000_408, "Exterior Accessories", "Accessoires d'extérieur"),
    ]),
    node(36, "Jewelry & Accessories", "Bijoux et accessoires", &[
        leaf(200_000_109, "Necklaces & Pendants", "Colliers et pendentifs"),
        leaf(200_000_139, "Earrings", "Boucles d'oreilles"),
        leaf(200_000_147, "Bracelets & Bangles", "Bracelets"),
        leaf(100_006_749, "Rings", "Bagues"),
    ]),
    node(39, "Lights & Lighting", "Luminaires et éclairage", &[
        node(390_501, "Indoor Lighting", "Éclairage intérieur", &[
            leaf(200_003_210, "Desk Lamps", "Lampes de bureau"),
            leaf(200_003_211, "Table Lamps", "Lampes de table"),
            leaf(200_003_212, "Pendant Lights", "Suspensions"),
            leaf(200_003_213, "Night Lights", "Veilleuses"),
        ]),
        node(390_503, "Outdoor Lighting", "Éclairage extérieur", &[
            leaf(200_003_220, "Solar Lamps", "Lampes solaires"),
            leaf(200_003_221, "String Lights", "Guirlandes lumineuses"),
        ]),
        leaf(530, "Lighting Accessories", "Accessoires d'éclairage"),
        leaf(150_402, "LED Bulbs & Tubes", "Ampoules et tubes LED"),
    ]),
    node(44, "Consumer Electronics", "Électronique grand public", &[
        node(629, "Portable Audio & Video", "Audio et vidéo portables", &[
            leaf(200_001_411, "Portable Speakers", "Enceintes portables"),
            leaf(200_001_412, "Earphones & Headphones", "Écouteurs et casques"),
            leaf(200_001_413, "Radios", "Radios"),
        ]),
        node(200_003_561, "Smart Electronics", "Objets connectés", &[
            leaf(200_003_562, "Smart Home", "Maison connectée"),
            leaf(200_003_563, "Wearable Devices", "Appareils portés"),
        ]),
        leaf(200_002_395, "Video Games", "Jeux vidéo"),
        leaf(200_002_396, "Cameras & Photo", "Appareils photo"),
    ]),
    node(66, "Beauty & Health", "Beauté et santé", &[
        node(660_103, "Makeup", "Maquillage", &[
            leaf(200_001_221, "Makeup Brushes & Tools", "Pinceaux et outils de maquillage"),
            leaf(200_001_222, "Lipsticks", "Rouges à lèvres"),
            leaf(200_001_223, "Eye Shadow", "Fards à paupières"),
        ]),
        node(660_302, "Skin Care", "Soins de la peau", &[
            leaf(200_001_230, "Facial Masks", "Masques pour le visage"),
            leaf(200_001_231, "Sunscreen", "Protection solaire"),
        ]),
        leaf(200_001_288, "Nail Art & Tools", "Ongles"),
        leaf(200_001_355, "Massage & Relaxation", "Massage et détente"),
    ]),
    node(320, "Weddings & Events", "Mariages et fêtes", &[
        leaf(32_001, "Wedding Dresses", "Robes de mariée"),
        leaf(32_002, "Wedding Accessories", "Accessoires de mariage"),
    ]),
    node(322, "Shoes", "Chaussures", &[
        leaf(32_201, "Women's Shoes", "Chaussures pour femme"),
        leaf(32_202, "Men's Shoes", "Chaussures pour homme"),
        leaf(32_203, "Shoe Accessories", "Accessoires de chaussures"),
    ]),
    node(502, "Electronic Components & Supplies", "Composants électroniques", &[
        leaf(504, "Active Components", "Composants actifs"),
        leaf(505, "Passive Components", "Composants passifs"),
        leaf(515, "Development Boards & Kits", "Cartes de développement"),
    ]),
    node(509, "Phones & Telecommunications", "Téléphonie", &[
        node(380_230, "Phone Bags & Cases", "Étuis et coques de téléphone", &[
            leaf(200_001_385, "Phone Cases & Covers", "Coques de téléphone"),
            leaf(200_001_386, "Phone Pouches", "Pochettes de téléphone"),
        ]),
        node(380_240, "Mobile Phone Accessories", "Accessoires de téléphone", &[
            leaf(200_001_390, "Screen Protectors", "Protections d'écran"),
            leaf(200_001_391, "Phone Chargers", "Chargeurs"),
            leaf(200_001_392, "Phone Holders & Stands", "Supports de téléphone"),
        ]),
        leaf(5090, "Mobile Phones", "Téléphones mobiles"),
        leaf(200_084_017, "Walkie Talkies", "Talkies-walkies"),
    ]),
    node(1420, "Tools", "Outils", &[
        leaf(142_001, "Hand Tools", "Outils à main"),
        leaf(142_003, "Power Tools", "Outils électriques"),
        leaf(142_016, "Measurement & Analysis", "Mesure"),
    ]),
    node(1501, "Mother & Kids", "Maman et enfant", &[
        leaf(200_000_500, "Baby Clothing", "Vêtements de bébé"),
        leaf(200_000_567, "Kids' Shoes", "Chaussures d'enfant"),
        leaf(200_000_774, "Feeding", "Repas de bébé"),
        leaf(100_001_118, "Strollers", "Poussettes"),
    ]),
    node(1503, "Furniture", "Meubles", &[
        leaf(150_301, "Living Room Furniture", "Meubles de salon"),
        leaf(150_303, "Bedroom Furniture", "Meubles de chambre"),
        leaf(150_304, "Office Furniture", "Meubles de bureau"),
    ]),
    node(1511, "Watches", "Montres", &[
        node(200_000_097, "Watch Accessories", "Accessoires de montre", &[
            leaf(361_120, "Watch Straps", "Bracelets de montre"),
            leaf(361_121, "Watch Boxes", "Boîtes de montre"),
            leaf(361_122, "Watch Repair Tools", "Outils d'horloger"),
        ]),
        leaf(200_034_143, "Quartz Watches", "Montres à quartz"),
        leaf(200_034_144, "Digital Watches", "Montres numériques"),
    ]),
    node(1524, "Luggage & Bags", "Bagages et sacs", &[
        node(152_401, "Women's Bags", "Sacs pour femme", &[
            leaf(200_010_063, "Tote Bags", "Sacs cabas"),
            leaf(200_010_064, "Crossbody Bags", "Sacs bandoulière"),
            leaf(200_010_065, "Clutches", "Pochettes"),
        ]),
        node(152_404, "Men's Bags", "Sacs pour homme", &[
            leaf(200_010_070, "Briefcases", "Porte-documents"),
            leaf(200_010_071, "Belt Bags", "Sacs ceinture"),
        ]),
        leaf(152_405, "Backpacks", "Sacs à dos"),
        leaf(3803, "Wallets", "Portefeuilles"),
        leaf(152_410, "Suitcases", "Valises"),
    ]),
    node(200_000_297, "Apparel Accessories", "Accessoires de mode", &[
        leaf(200_000_298, "Hats & Caps", "Chapeaux et casquettes"),
        leaf(200_000_299, "Scarves", "Écharpes"),
        leaf(200_000_300, "Belts", "Ceintures"),
        leaf(200_000_301, "Sunglasses", "Lunettes de soleil"),
    ]),
    node(200_000_343, "Men's Clothing", "Vêtements pour homme", &[
        leaf(200_000_662, "Jackets", "Vestes"),
        leaf(200_000_707, "Tops & Tees", "Hauts et t-shirts"),
        leaf(200_000_692, "Trousers", "Pantalons"),
    ]),
    node(200_000_345, "Women's Clothing", "Vêtements pour femme", &[
        leaf(200_003_482, "Dresses", "Robes"),
        leaf(200_000_775, "Coats & Jackets", "Manteaux et vestes"),
        leaf(200_000_783, "Sweaters", "Pulls"),
        leaf(200_001_648, "Blouses & Shirts", "Chemisiers"),
    ]),
    node(200_165_144, "Hair Extensions & Wigs", "Extensions et perruques", &[
        leaf(200_165_145, "Hair Weaves", "Tissages"),
        leaf(200_165_146, "Wigs", "Perruques"),
    ]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalogue::vocabulary::FAMILIES;

    #[test]
    fn ids_are_unique_and_parents_come_first() {
        let mut seen = BTreeSet::new();
        for category in all() {
            assert!(category.parent.is_none_or(|parent| seen.contains(&parent)));
            assert!(seen.insert(category.id), "{} stands twice", category.id);
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }

    #[test]
    fn the_path_of_every_family_is_a_path_of_the_tree() {
        for family in &FAMILIES {
            let [root, middle, leaf] = family.categories.map(|id| find(id).unwrap());
            assert_eq!(root.parent, None, "{}", family.noun.0);
            assert_eq!(middle.parent, Some(root.id), "{}", family.noun.0);
            assert_eq!(leaf.parent, Some(middle.id), "{}", family.noun.0);
        }
    }
}
