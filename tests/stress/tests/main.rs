//! The engine under bad luck.

mod crashes;
