//! helm template as a pure function over a Tree.
