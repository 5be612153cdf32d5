//! Who this browser is in every session: a secret token, a name and a colour, kept between visits.

use crate::browser;
use lockstep_session::{document::mixer::Colour, ids::Token, names, text::Name};

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) token: Token,
    pub(crate) name: Name,
    pub(crate) colour: Colour,
}

impl Person {
    /// The same person as at the last visit, or a new one with a friendly name.
    pub(crate) fn here() -> Person {
        let token = browser::kept("lockstep.token").and_then(|text| Token::parse(&text));
        let name = browser::kept("lockstep.name").unwrap_or_default();
        let colour = browser::kept("lockstep.colour").and_then(|text| text.parse().ok());
        let person = Person {
            token: token.unwrap_or_else(|| Token::from_bytes(browser::random())),
            name: Name::new(&name).or(&names::friendly(browser::random_number())),
            colour: Colour::new(colour.unwrap_or_else(|| i64::from(browser::random_number() % 9))),
        };
        browser::keep("lockstep.token", &person.token.hex());
        browser::keep("lockstep.name", &person.name);
        browser::keep("lockstep.colour", &person.colour.get().to_string());
        person
    }
}
