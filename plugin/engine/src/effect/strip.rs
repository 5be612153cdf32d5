//! A track's own filter and drive.
