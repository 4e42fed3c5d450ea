//! Field sets and server-side apply, predicted without a server.
