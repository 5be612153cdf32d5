//! The bus compressor.
