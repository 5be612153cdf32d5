//! Envelopes: how a value rises, falls and is let go over a note.
