//! Every method of the catalogue through the SDK against the sandbox: answered with state, in the shape that the
//! catalogue and the recorded samples say, refused where a required parameter is missing, and never at odds with what a
//! product has become.

mod calls;
mod changes;
mod faults;
mod limits;
mod parameters;
mod samples;
mod schema;
mod variants;
mod walk;
mod world;
