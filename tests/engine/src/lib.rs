//! The engine against a real API server.
