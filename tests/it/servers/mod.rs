//! Several real servers over one database, under load, while versions are entered and the database has its troubles.

mod database;
mod kill;
mod load;
mod process;
mod proxy;
mod publisher;
mod versions;
