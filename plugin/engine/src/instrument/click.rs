//! A click: starts at its peak, so that its first frame is its onset.
