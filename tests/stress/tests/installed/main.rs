//! What only happens under load and by accident: crashes at any moment, parts that come and go.

mod cluster;
mod crash_points;
mod history;
mod leadership;
mod memory;
mod restarts;
mod soak;
mod trouble;
