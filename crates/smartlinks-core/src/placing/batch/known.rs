//! Which lines of a file were ordered before, by this file or by another one.
//!
//! A line is known by the variant and by whom it goes to, not by where it stands and not by the file it stands in: a file
//! is mended, sorted and saved anew, and what is ordered must stay ordered once. Each order counts for one line, so equal
//! lines are as many orders.

use std::collections::HashMap;

use serde_json::json;
use smartlinks_store::{Hash, IntentState, OrderIntent};

use super::Line;
use crate::connect::sha256;
use crate::error::Result;
use crate::placing::latin::in_english_letters;
use crate::placing::request::NewOrder;

/// A line that stands in the way of no other one.
pub(super) struct KnownLine {
    /// The line of a file that it is.
    pub(super) batch_line: String,
    /// What is ordered.
    pub(super) hash: Hash,
    /// The key under which it was ordered, or would be.
    pub(super) key: String,
    /// What is known of it.
    pub(super) before: Before,
}

/// What is known of a line.
pub(super) enum Before {
    Nothing,
    /// AliExpress has not taken it.
    Refused(OrderIntent),
    /// It is ordered.
    Ordered(OrderIntent),
    /// The same variant is ordered for the same recipient, and something else of the order is another one.
    OrderedOtherwise(OrderIntent),
}

impl Before {
    const fn is_ordered(&self) -> bool {
        matches!(self, Self::Ordered(_) | Self::OrderedOtherwise(_))
    }
}

/// Where it is ordered, and what counts as ordered before.
pub(super) struct Scope<'s> {
    /// The account that orders.
    pub(super) account: &'s str,
    /// Whether it was asked for. Otherwise what any account has ordered counts: the default one may be another by now.
    pub(super) of_the_account: bool,
    /// Only what was ordered under this name.
    pub(super) name: Option<&'s str>,
}

/// What stands for a line in all files: its variant and its recipient. Spelling, quantity and everything that is mended
/// in a file as a whole (dialling codes, postal codes, limits) is left out.
pub(super) fn batch_line(order: &NewOrder) -> String {
    let line = order.lines.first();
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    let to = &order.address;
    let text = json!([
        line.map(|line| (number(&line.product_id), number(&line.sku))),
        to.country,
        letters(&to.contact_person),
        letters(&to.address),
    ])
    .to_string();
    let mut text = hex::encode(sha256(text.as_bytes()));
    text.truncate(32);
    text
}

/// A text without what can be written in several ways.
fn letters(text: &str) -> String {
    let small = text.to_lowercase();
    let plain = in_english_letters(&small).unwrap_or(small);
    plain
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

/// The orders of one line, and the first number that no key of it has.
#[derive(Default)]
struct Orders {
    ordered: Vec<OrderIntent>,
    refused: Vec<OrderIntent>,
    next: u32,
}

/// Name and number in a key.
fn parts_of<'k>(key: &'k str, batch_line: &str) -> (&'k str, u32) {
    let rest = key.strip_prefix("batch-").unwrap_or(key);
    let rest = rest.strip_prefix(batch_line).unwrap_or(rest);
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (name, number) = rest.rsplit_once('-').unwrap_or(("", rest));
    (name, number.parse().unwrap_or_default())
}

impl Scope<'_> {
    fn orders(&self, intents: Vec<OrderIntent>) -> HashMap<String, Orders> {
        let mut lines: HashMap<String, Orders> = HashMap::new();
        for intent in intents {
            let batch_line = intent.batch_line.clone().unwrap_or_default();
            let (name, number) = parts_of(&intent.key, &batch_line);
            let orders = lines.entry(batch_line).or_default();
            if name == self.name.unwrap_or_default() {
                orders.next = orders.next.max(number.saturating_add(1));
            }
            if self.name.is_some_and(|wanted| wanted != name)
                || (self.of_the_account && intent.account_user_id != self.account)
            {
                continue;
            }
            // What was closed or cancelled at AliExpress had been ordered: whether it is still wanted only a person knows.
            match intent.state == IntentState::Refused && intent.order_ids.is_empty() {
                true => orders.refused.push(intent),
                false => orders.ordered.push(intent),
            }
        }
        lines
    }

    fn key(&self, batch_line: &str, number: u32) -> String {
        match self.name {
            Some(name) => format!("batch-{batch_line}-{name}-{number}"),
            None => format!("batch-{batch_line}-{number}"),
        }
    }

    /// What is known of each line, by all intents of these lines.
    pub(super) fn known(
        &self,
        lines: &[Line],
        intents: Vec<OrderIntent>,
    ) -> Result<Vec<KnownLine>> {
        let mut orders = self.orders(intents);
        let mut known = Vec::with_capacity(lines.len());
        for line in lines {
            let (batch_line, hash) = (
                batch_line(&line.order),
                line.order.hash_of_goods(self.account)?,
            );
            let orders = orders.entry(batch_line.clone()).or_default();
            known.push(KnownLine {
                before: take(&mut orders.ordered, &hash).map_or(Before::Nothing, Before::Ordered),
                key: String::new(),
                batch_line,
                hash,
            });
        }
        // What is left over was ordered for the other lines of the same.
        for line in &mut known {
            let orders = orders.entry(line.batch_line.clone()).or_default();
            if !line.before.is_ordered() && !orders.ordered.is_empty() {
                line.before = Before::OrderedOtherwise(orders.ordered.remove(0));
            }
            if let Before::Ordered(intent) | Before::OrderedOtherwise(intent) = &line.before {
                line.key.clone_from(&intent.key);
                continue;
            }
            line.key = self.key(&line.batch_line, orders.next);
            orders.next = orders.next.saturating_add(1);
            if let Some(intent) = take(&mut orders.refused, &line.hash) {
                line.before = Before::Refused(intent);
            }
        }
        Ok(known)
    }
}

fn take(intents: &mut Vec<OrderIntent>, hash: &Hash) -> Option<OrderIntent> {
    let at = intents.iter().rposition(|one| one.request_hash == *hash)?;
    Some(intents.remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placing::request::tests::order;

    #[test]
    fn a_line_is_known_by_variant_and_recipient() {
        let first = batch_line(&order());
        let mut mended = order();
        mended.address.contact_person = "TEST  BUYÉR".into();
        mended.address.address = "1, Rue de l’Exemple".into();
        mended.address.phone_country = Some("+33".into());
        mended.address.province = "Brittany".into();
        mended.lines[0].quantity = 7;
        mended.lines[0].memo = Some("A gift".into());
        assert_eq!(batch_line(&mended), first);
        let others: [fn(&mut NewOrder); 4] = [
            |it| it.lines[0].sku = "12000002".into(),
            |it| it.lines[0].product_id = "1005006000000002".into(),
            |it| it.address.contact_person = "Another Buyer".into(),
            |it| it.address.address = "2 rue de l'Exemple".into(),
        ];
        for change in others {
            let mut other = order();
            change(&mut other);
            assert_ne!(batch_line(&other), first);
        }
    }

    #[test]
    fn limits_make_no_other_order_of_it_and_goods_do() {
        let hash = |order: &NewOrder| order.hash_of_goods("1001").ok();
        let mut limited = order();
        limited.guard.max_delivery_days = Some(9);
        assert_eq!(hash(&limited), hash(&order()));
        assert_ne!(order().hash_of_goods("1002").ok(), hash(&order()));
        limited.lines[0].quantity = 9;
        assert_ne!(hash(&limited), hash(&order()));
    }

    #[test]
    fn keys_tell_their_name_and_number() {
        for (name, number) in [(None, 0), (Some("nov-27"), 12)] {
            let scope = Scope {
                account: "1001",
                of_the_account: false,
                name,
            };
            let key = scope.key("abc", number);
            assert_eq!(parts_of(&key, "abc"), (name.unwrap_or_default(), number));
        }
    }
}
