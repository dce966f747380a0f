//! Several instances on one database, as processes: one refresh per deadline, no call too many, and a database that goes
//! away and comes back.

mod budgets;
mod cut_off;
mod handing_out;
mod moving;
mod refreshes;
mod storage_faults;
mod world;
