//! The table: each kind of edit, and the control that makes it.

/// What a hand does to one control.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    /// Types into it.
    Enter(&'static str, &'static str),
    Pick(&'static str, &'static str),
    Press(&'static str),
    /// Presses the first and then the second.
    Both(&'static str, &'static str),
    /// Something first, so that the second changes anything.
    After(&'static str, &'static str, &'static str),
    Click(&'static str, usize),
    /// Types into the first and then presses the second.
    Then(&'static str, &'static str, &'static str),
    PressStop,
    /// No control of its own: why.
    Elsewhere(&'static str),
}

use Deed::{After, Both, Click, Elsewhere, Enter, Pick, Press, PressStop, Then};

/// Everywhere: the header and the grid.
const ALWAYS: &str = "";

/// Each kind of edit, the panel it is made in, and how. What comes first makes what comes later possible.
pub(super) const CONTROLS: &[(&str, &str, Deed)] = &[
    (
        "session name",
        ALWAYS,
        Enter("[aria-label='Session name']", "Everything"),
    ),
    (
        "session swing",
        ALWAYS,
        Enter(".bar [aria-label='Swing']", "30"),
    ),
    ("session fill", ALWAYS, Press(".bar .fill-held")),
    ("tempo", ALWAYS, Enter(".bar [aria-label='Tempo']", "99")),
    ("relocate", ALWAYS, Enter(".bar [aria-label='Bar']", "3")),
    ("loop", ALWAYS, Both(".bar .loop", "dialog .toggle")),
    ("play", ALWAYS, Press(".play")),
    ("stop", ALWAYS, PressStop),
    ("take lead", ALWAYS, Press(".take-lead")),
    ("release lead", ALWAYS, Press(".take-lead")),
    (
        "take a free lead",
        ALWAYS,
        Elsewhere("a DAW does so that was not asked to lead"),
    ),
    (
        "session master",
        "Mixer",
        Enter(".panel [aria-label='Master'] input", "-3 dB"),
    ),
    (
        "track level",
        "Mixer",
        Enter(".strip [aria-label='Level']", "-6 dB"),
    ),
    (
        "track pan",
        "Mixer",
        Enter(".strip [aria-label='Pan']", "30 L"),
    ),
    ("track mute", "Mixer", Press(".strip [aria-label='Mute']")),
    ("track solo", "Mixer", Press(".strip [aria-label='Solo']")),
    (
        "track reverb send",
        "Mixer",
        Enter(".panel [aria-label='Reverb']", "40"),
    ),
    (
        "track delay send",
        "Mixer",
        Enter(".panel [aria-label='Delay']", "40"),
    ),
    (
        "track drive",
        "Mixer",
        Enter(".panel [aria-label='Drive']", "40"),
    ),
    (
        "track choke",
        "Mixer",
        Enter(".panel [aria-label='Choke']", "2"),
    ),
    (
        "track filter",
        "Mixer",
        Pick(".panel [aria-label='Kind']", "Low-pass"),
    ),
    (
        "reverb decay",
        "Effects",
        Enter(".panel [aria-label='Decay']", "2.50 s"),
    ),
    (
        "reverb pre-delay",
        "Effects",
        Enter(".panel [aria-label='Pre-delay']", "40 ms"),
    ),
    (
        "reverb damping",
        "Effects",
        Enter(".panel [aria-label='Damping']", "20"),
    ),
    (
        "reverb level",
        "Effects",
        Enter(".panel [aria-label='Reverb level']", "-4"),
    ),
    (
        "delay time",
        "Effects",
        Pick(".panel [aria-label='Time']", "1/4"),
    ),
    (
        "delay feedback",
        "Effects",
        Enter(".panel [aria-label='Feedback']", "55"),
    ),
    (
        "delay tone",
        "Effects",
        Enter(".panel [aria-label='Tone']", "20"),
    ),
    (
        "delay ping-pong",
        "Effects",
        Press(".panel [aria-label='Ping-pong']"),
    ),
    (
        "delay level",
        "Effects",
        Enter(".panel [aria-label='Delay level']", "-4"),
    ),
    (
        "chorus rate",
        "Effects",
        Enter(".panel [aria-label='Rate']", "2 Hz"),
    ),
    (
        "chorus depth",
        "Effects",
        Enter(".panel [aria-label='Depth']", "20"),
    ),
    (
        "chorus mix",
        "Effects",
        Enter(".panel [aria-label='Mix']", "20"),
    ),
    (
        "compressor",
        "Effects",
        Enter(".panel [aria-label='Amount']", "20"),
    ),
    (
        "duck by",
        "Effects",
        Pick(".panel [aria-label='Ducked by']", "Kick"),
    ),
    (
        "duck depth",
        "Effects",
        Enter(".panel [aria-label='Duck depth']", "20"),
    ),
    (
        "ceiling",
        "Effects",
        Enter(".panel [aria-label='Ceiling']", "-6"),
    ),
    (
        "harmony",
        "Harmony",
        Pick(".harmony [aria-label='Scale']", "dorian"),
    ),
    (
        "track scale mode",
        "Harmony",
        Pick(".harmony [aria-label='Pitches']", "to chord"),
    ),
    (
        "track source",
        "Instrument",
        Press("[data-sound='preset bass-round']"),
    ),
    (
        "track parameter",
        "Instrument",
        Enter(".sound [aria-label='Cutoff']", "1 kHz"),
    ),
    (
        "session quantum",
        "Clips",
        Pick("[aria-label='Quantum']", "2 bars"),
    ),
    ("launch", "Clips", Press("[data-slot='1 0']")),
    (
        "clip name",
        "Clips",
        Enter("[aria-label='Clip name']", "Verse"),
    ),
    (
        "clip follow",
        "Clips",
        Pick(".clip-details [aria-label='Then']", "Play again"),
    ),
    (
        "clip length",
        "Clips",
        Enter(".clip-details [aria-label='Length']", "12"),
    ),
    (
        "clip loop",
        "Clips",
        After(
            "[data-slot='2 0']",
            ".clip-details [aria-label='Gain']",
            "-3",
        ),
    ),
    (
        "clip",
        "Clips",
        Press(".clip-details [title^='A copy in the next free slot']"),
    ),
    ("launch scene", "Clips", Press("[data-slot=' 1']")),
    (
        "scene name",
        "Clips",
        Enter("[aria-label='Scene name']", "Bridge"),
    ),
    (
        "scene follow",
        "Clips",
        Pick(".clip-details [aria-label='Then']", "Stop"),
    ),
    (
        "gesture",
        "Clips",
        Both(
            "[data-slot=' 0']",
            ".clip-details [title^='A copy of this row']",
        ),
    ),
    (
        "rename sample",
        "Samples",
        Enter("[aria-label='Sample name']", "Rain"),
    ),
    (
        "remove sample",
        "Samples",
        Press(".sample:last-child [title^='Takes it out']"),
    ),
    ("step", ALWAYS, Click("Kick", 3)),
    (
        "steps",
        "Pattern",
        Then(
            ".panel [aria-label='Every']",
            "1",
            ".panel [title^='Switches every so many']",
        ),
    ),
    (
        "rotate",
        "Pattern",
        Press(".panel [aria-label='Turn all steps one to the right']"),
    ),
    (
        "reverse",
        "Pattern",
        Press(".panel [aria-label='Play it from the end']"),
    ),
    (
        "mirror",
        "Pattern",
        Press(".panel [aria-label^='The second half becomes']"),
    ),
    (
        "invert",
        "Pattern",
        Press(".panel [aria-label='On becomes off, and off on']"),
    ),
    (
        "double",
        "Pattern",
        Press(".panel [aria-label^='Twice as long']"),
    ),
    (
        "transpose",
        "Pattern",
        Press(".panel [aria-label='A degree of the scale up']"),
    ),
    (
        "euclid",
        "Pattern",
        Press(".panel [title^='Spreads so many strokes']"),
    ),
    (
        "randomise",
        "Pattern",
        Press(".panel [title^='Throws the dice']"),
    ),
    (
        "humanise",
        "Pattern",
        Press(".panel [title^='Moves velocities']"),
    ),
    (
        "clear",
        "Pattern",
        Press(".panel [aria-label='Take all steps away']"),
    ),
    (
        "track swing",
        "Pattern",
        Enter(".panel [aria-label='Swing']", "20"),
    ),
    (
        "track transpose",
        "Pattern",
        Enter(".panel [aria-label='Transpose']", "5"),
    ),
    (
        "track step length",
        "Pattern",
        Pick(".panel [aria-label='Step']", "1/8"),
    ),
    ("add track", ALWAYS, Press(".add button")),
    (
        "track name",
        ALWAYS,
        Both("[aria-label='More of Kick']", "dialog [aria-label='Name']"),
    ),
    (
        "track colour",
        ALWAYS,
        Both(
            "[aria-label='More of Kick']",
            "dialog [aria-label='Violet']",
        ),
    ),
    (
        "order tracks",
        ALWAYS,
        Both(
            "[aria-label='More of Kick']",
            "dialog [title='Moves the track down']",
        ),
    ),
    (
        "remove track",
        ALWAYS,
        Both(
            "[aria-label='More of Loop']",
            "dialog [title^='Takes the track away']",
        ),
    ),
    (
        "track instrument",
        ALWAYS,
        Elsewhere("undo of another sound brings the whole instrument back"),
    ),
    (
        "add sample",
        "Samples",
        Elsewhere("a file that is chosen or dropped; tried where files are sent"),
    ),
];
