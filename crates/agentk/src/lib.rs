//! The agent in the cluster.
