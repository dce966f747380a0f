//! The sandbox as its users see it: requests to the router, answers as bytes.

#[cfg(test)]
mod support;

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod affiliate;
#[cfg(test)]
mod affiliate_items;
#[cfg(test)]
mod affiliate_promotions;
#[cfg(test)]
mod categories;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod commission_lists;
#[cfg(test)]
mod commissions;
#[cfg(test)]
mod concurrent;
#[cfg(test)]
mod control;
#[cfg(test)]
mod dropshipping_commissions;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod images;
#[cfg(test)]
mod links;
#[cfg(test)]
mod members;
#[cfg(test)]
mod multipart;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod older_freight;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod persistence;
#[cfg(test)]
mod places;
#[cfg(test)]
mod products;
#[cfg(test)]
mod profile;
#[cfg(test)]
mod push;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod served;
#[cfg(test)]
mod styles;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod vectors;
