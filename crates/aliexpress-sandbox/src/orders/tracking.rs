//! The events of a parcel: a fixed course stretched over the days it takes.

use super::Order;
use crate::language::Language;

/// One event of a parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) at_ms: i64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

/// Thousandths of the way, then name and description in English and French.
type Step = (
    i64,
    (&'static str, &'static str),
    (&'static str, &'static str),
);

const COURSE: [Step; 6] = [
    (
        0,
        ("Order processed", "Commande traitée"),
        (
            "Shipment information received.",
            "Informations d'expédition reçues.",
        ),
    ),
    (
        60,
        ("Shipped", "Expédiée"),
        (
            "Package left the warehouse.",
            "Le colis a quitté l'entrepôt.",
        ),
    ),
    (
        250,
        ("In transit", "En transit"),
        (
            "Package left the origin country.",
            "Le colis a quitté le pays d'origine.",
        ),
    ),
    (
        600,
        ("In transit", "En transit"),
        (
            "Package arrived in the destination country.",
            "Le colis est arrivé dans le pays de destination.",
        ),
    ),
    (
        850,
        ("Delivery update", "Suivi de livraison"),
        (
            "Your package arrived at local facility.",
            "Votre colis est arrivé au centre de tri local.",
        ),
    ),
    (
        1000,
        ("Delivered", "Livré"),
        ("Package delivered.", "Le colis a été livré."),
    ),
];

/// What has happened to the parcel up to a moment, newest first. Empty before it is shipped.
pub(crate) fn nodes(order: &Order, now_ms: i64, language: Language) -> Vec<Node> {
    let (Some(shipped_ms), Some(eta_ms)) = (order.shipped_ms, order.eta_ms()) else {
        return Vec::new();
    };
    let end_ms = order.delivered_ms.unwrap_or(eta_ms);
    let way_ms = (end_ms - shipped_ms).max(0);
    let mut nodes: Vec<Node> = COURSE
        .iter()
        .map(|(share, name, description)| Node {
            at_ms: shipped_ms + way_ms / 1000 * share,
            name: language.pick(name.0, name.1),
            description: language.pick(description.0, description.1),
        })
        .filter(|node| node.at_ms <= now_ms)
        .collect();
    nodes.reverse();
    nodes
}
