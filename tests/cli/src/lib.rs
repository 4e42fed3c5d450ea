//! The glops command line, end to end.
