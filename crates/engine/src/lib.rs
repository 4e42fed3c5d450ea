//! The road from a Tree to a healthy cluster.
