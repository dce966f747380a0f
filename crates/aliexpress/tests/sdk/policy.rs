//! What is sent again, what waits, and what is said when neither helps.

mod app_secrets;
mod bans;
mod budget;
mod faults;
mod tokens;
mod world;
