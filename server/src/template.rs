//! What a new session may begin as: something that already moves, so that the first click changes
//! a groove instead of breaking a silence.

mod ambient;
mod boom_bap;
mod drum_and_bass;
mod dub;
mod groove;
mod house;
mod lofi;
mod notation;
mod techno;
mod trap;

use lockstep_session::document::Document;
use lockstep_session::text::LongName;

#[derive(Debug)]
pub(crate) struct Template {
    /// What requests call it.
    pub(crate) name: &'static str,
    /// What people call it.
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    make: fn() -> Document,
}

/// The first is the one that nobody has to ask for.
pub(crate) static TEMPLATES: [Template; 10] = [
    Template {
        name: "groove",
        title: "Groove",
        description: "Drums, bass, chords and a pluck in C minor at 112 beats a minute, in two rows.",
        make: groove::document,
    },
    Template {
        name: "house",
        title: "Four on the floor",
        description: "House in A minor at 124: stabs over an offbeat bass that ducks under the kick.",
        make: house::document,
    },
    Template {
        name: "boom-bap",
        title: "Boom bap",
        description: "Dusty drums that lean back, upright bass and electric piano, at 90 in D dorian.",
        make: boom_bap::document,
    },
    Template {
        name: "techno",
        title: "Techno",
        description: "A hard kick at 132, an acid line of fifteen steps over sixteen, and a drone.",
        make: techno::document,
    },
    Template {
        name: "drum-and-bass",
        title: "Drum and bass",
        description: "A broken beat at 174 with a reese under wide pads, and a half-time row.",
        make: drum_and_bass::document,
    },
    Template {
        name: "lo-fi",
        title: "Lo-fi",
        description: "Slow and worn: velvet sevenths in E flat at 78, brushed by dusty drums.",
        make: lofi::document,
    },
    Template {
        name: "ambient",
        title: "Ambient",
        description: "No drums: pads and bells of unequal lengths in F lydian that drift on by themselves.",
        make: ambient::document,
    },
    Template {
        name: "trap",
        title: "Trap",
        description: "Half time at 140: a deep sub, rolling hats and bells in harmonic minor.",
        make: trap::document,
    },
    Template {
        name: "dub",
        title: "Dub",
        description: "A one-drop at 72 whose organ and snare disappear into a long echo.",
        make: dub::document,
    },
    Template {
        name: "empty",
        title: "Empty",
        description: "No tracks at all.",
        make: Document::default,
    },
];

/// What requests and people call each template, and what it is, for programs that offer them.
pub fn titles() -> impl Iterator<Item = [&'static str; 3]> {
    let all = TEMPLATES.iter();
    all.map(|template| [template.name, template.title, template.description])
}

impl Template {
    pub(crate) fn starter() -> &'static Template {
        &TEMPLATES[0]
    }

    pub(crate) fn find(name: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    pub(crate) fn document(&self, name: &str) -> Document {
        Document {
            name: LongName::new(name).or("Untitled"),
            ..(self.make)()
        }
    }
}

/// The session that a link opens on if nobody asked for another.
pub(crate) fn starter(name: &str) -> Document {
    Template::starter().document(name)
}

#[cfg(test)]
mod tests;
