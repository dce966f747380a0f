//! Mistakes in which parameters are signed: too few, too many, or the body as well.

use super::super::{Mistake, Pair};
use super::sent::{Sent, Texts, WrongText};
use super::values::{form_encoded, query};

/// Parameters that a library may add after the caller has signed.
const ADDED_LATER: [&str; 10] = [
    "access_token",
    "debug",
    "format",
    "method",
    "partner_id",
    "session",
    "sign_method",
    "simplify",
    "timestamp",
    "v",
];

/// Up to so many parameters every two of them are tried.
const PAIRED: usize = 40;

/// Parameters that may be signed and then forgotten, with the values they usually have.
const FORGOTTEN: [(&str, &str); 8] = [
    ("sign_method", "sha256"),
    ("format", "json"),
    ("v", "2.0"),
    ("simplify", "true"),
    ("simplify", "false"),
    ("debug", "true"),
    ("debug", "false"),
    ("grant_type", "authorization_code"),
];

/// One parameter left out; several of those that are added later; any two.
pub(super) fn not_signed<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let count = sent.pairs.len();
    let single = (0..count).map(|one| vec![one]);
    let added: Vec<usize> = (0..count)
        .filter(|index| ADDED_LATER.contains(&sent.pairs[*index].0))
        .take(ADDED_LATER.len())
        .collect();
    let subsets = (0_usize..1 << added.len())
        .filter(|chosen| chosen.count_ones() > 1)
        .map(move |chosen| {
            let picked = (0..added.len()).filter(|bit| chosen >> bit & 1 == 1);
            picked.map(|bit| added[bit]).collect()
        });
    let paired = if count <= PAIRED { count } else { 0 };
    let pairs = (0..paired).flat_map(move |a| (a + 1..paired).map(move |b| vec![a, b]));
    let all = single.chain(subsets).chain(pairs);
    Box::new(all.map(|left_out| without(sent, &left_out)))
}

fn without(sent: &Sent<'_>, left_out: &[usize]) -> WrongText {
    let is_left_out = |index: &usize| left_out.contains(index);
    let rest: Vec<Pair<'_>> = (0..sent.pairs.len())
        .filter(|index| !is_left_out(index))
        .map(|index| sent.pairs[index])
        .collect();
    let mut names: Vec<String> = left_out
        .iter()
        .map(|index| sent.pairs[*index].0.to_owned())
        .collect();
    let mistake = match (names.len(), names.pop()) {
        (1, Some(name)) => Mistake::ParameterNotSigned(name),
        (_, last) => {
            names.extend(last);
            Mistake::ParametersNotSigned(names)
        }
    };
    WrongText {
        mistake,
        text: sent.text_of(&rest),
        thorough: left_out.len() == 1,
    }
}

/// Parameters that were signed but do not arrive, or arrive under another name.
pub(super) fn not_sent<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let forgotten = FORGOTTEN.into_iter().chain(match sent.flavour {
        super::super::Flavour::System(path) => Some(("method", path)),
        super::super::Flavour::Business => None,
    });
    let added = forgotten
        .filter(|(name, _)| sent.value(name).is_none())
        .map(|pair| {
            let mistake = Mistake::ParameterNotSent(pair.0.to_owned());
            WrongText::new(mistake, with(sent, &[], pair))
        });
    let names = [("session", "access_token"), ("access_token", "session")];
    let renamed = names.into_iter().filter_map(|(from, to)| {
        let text = with(sent, &[from], (to, sent.value(from)?));
        Some(WrongText::new(Mistake::OtherTokenName, text))
    });
    Box::new(added.chain(renamed))
}

fn with<'a>(sent: &'a Sent<'a>, without: &[&str], added: Pair<'a>) -> String {
    let mut pairs: Vec<Pair<'a>> = sent.pairs.to_vec();
    pairs.retain(|(name, _)| !without.contains(name));
    pairs.push(added);
    pairs.sort_by_key(|(name, _)| *name);
    sent.text_of(&pairs)
}

/// Empty values signed, and the empty `sign` itself.
pub(super) fn empty_values<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let mut all: Vec<Pair<'_>> = sent
        .params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "sign")
        .collect();
    all.sort_by_key(|(name, _)| *name);
    all.dedup();
    let mut with_sign = all.clone();
    with_sign.push(("sign", ""));
    with_sign.sort_by_key(|(name, _)| *name);
    let blank_only = all
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let sets: [Vec<Pair<'_>>; 3] = [all, blank_only, with_sign];
    let sets = sets.into_iter().filter(|set| set != sent.pairs);
    Box::new(sets.map(|set| WrongText::new(Mistake::EmptyValuesSigned, sent.text_of(&set))))
}

/// The body behind the parameters: as it was sent, or as it can be made of them.
pub(super) fn bodies<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    let object: serde_json::Map<String, serde_json::Value> = sent
        .params
        .iter()
        .filter(|(name, _)| name != "sign")
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    let made = [
        query(sent, form_encoded),
        query(sent, str::to_owned),
        serde_json::Value::Object(object).to_string(),
        "{}".to_owned(),
    ];
    let bodies = sent.body.map(str::to_owned).into_iter().chain(made);
    Box::new(bodies.filter(|body| !body.is_empty()).map(|body| {
        let text = sent.text_of(sent.pairs) + &body;
        WrongText::new(Mistake::BodySigned, text)
    }))
}
