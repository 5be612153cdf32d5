//! The two instruments that hosts list: one with a mix, one with every track beside it. Hosts are
//! poor at asking one instrument for other outputs. Nothing but names and ports belongs here.

use nice_plug::prelude::{AudioIOLayout, PortNames, new_nonzero_u32};
use std::num::NonZeroU32;

/// What sets one listed instrument apart from the other.
pub trait Flavour: Send + 'static {
    const NAME: &'static str;
    const CLAP_ID: &'static str;
    const VST3_CLASS_ID: [u8; 16];
    const LAYOUT: AudioIOLayout;
}

/// A stereo mix.
#[derive(Debug)]
pub struct Mixed;

/// A stereo mix and, beside it, each track.
#[derive(Debug)]
pub struct Separate;

const STEREO: NonZeroU32 = new_nonzero_u32(2);

/// The input is there to be recorded from.
const PORTS: PortNames = PortNames {
    layout: None,
    main_input: None,
    main_output: Some("Mix"),
    aux_inputs: &["Recording"],
    aux_outputs: &[
        "Track 1", "Track 2", "Track 3", "Track 4", "Track 5", "Track 6", "Track 7", "Track 8",
        "Track 9", "Track 10", "Track 11", "Track 12", "Track 13", "Track 14", "Track 15",
        "Track 16",
    ],
};

const MIX: AudioIOLayout = AudioIOLayout {
    main_input_channels: None,
    main_output_channels: Some(STEREO),
    aux_input_ports: &[STEREO],
    aux_output_ports: &[],
    names: PORTS,
};

impl Flavour for Mixed {
    const NAME: &'static str = "Lockstep";
    const CLAP_ID: &'static str = "org.lockstep.plugin";
    const VST3_CLASS_ID: [u8; 16] = *b"LockstepSequence";
    const LAYOUT: AudioIOLayout = MIX;
}

impl Flavour for Separate {
    const NAME: &'static str = "Lockstep Multi";
    const CLAP_ID: &'static str = "org.lockstep.plugin.multi";
    const VST3_CLASS_ID: [u8; 16] = *b"LockstepSeparate";
    const LAYOUT: AudioIOLayout = AudioIOLayout {
        aux_output_ports: &[STEREO; crate::params::TRACKS],
        ..MIX
    };
}
