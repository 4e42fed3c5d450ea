//! A real control plane, Git servers and golden files for tests.
