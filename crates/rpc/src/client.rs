//! How a program reaches kas: the address, the token, and the one connection that all its calls share.

mod address;
mod endpoint;
mod token;

pub use self::{
    address::{Header, KasAddress},
    endpoint::{Connection, Credentials, Error, Kas, open},
    token::{InvalidToken, Token},
};
