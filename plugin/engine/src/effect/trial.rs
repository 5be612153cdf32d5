//! What the effects are tried with: tones, noise, and measures of what comes out.
