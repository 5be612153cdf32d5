//! Four operators that modulate one another.
