//! The sandbox as its users see it: requests to the router, answers as bytes.

#[cfg(test)]
mod support;

#[cfg(test)]
mod checks;
#[cfg(test)]
mod control;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod multipart;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod persistence;
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
