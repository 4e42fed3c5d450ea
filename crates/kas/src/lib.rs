//! The server beside Git.
