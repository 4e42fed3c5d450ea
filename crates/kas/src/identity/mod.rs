//! Who calls: tokens, what they prove, and for how long.

mod admin;
mod agent;
mod limiter;
mod token;

pub use self::{
    admin::Administrators,
    agent::{AgentIdentity, Agents, Session},
    token::NewToken,
};
