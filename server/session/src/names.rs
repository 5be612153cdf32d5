//! Friendly names for those who have not chosen one, the same wherever they are shown.

use crate::{chance::Chance, ids::PlayerId, text::Name};

const MOODS: [&str; 32] = [
    "Amber", "Brave", "Calm", "Clever", "Coral", "Cosmic", "Crimson", "Dapper", "Dusty", "Eager",
    "Electric", "Fuzzy", "Gentle", "Golden", "Happy", "Hidden", "Indigo", "Jolly", "Lucky",
    "Lunar", "Mellow", "Misty", "Neon", "Nimble", "Patient", "Quiet", "Rapid", "Silver", "Sunny",
    "Teal", "Velvet", "Witty",
];
const ANIMALS: [&str; 32] = [
    "Badger", "Beaver", "Bison", "Crane", "Dolphin", "Falcon", "Ferret", "Finch", "Fox", "Gecko",
    "Hare", "Heron", "Ibis", "Jackal", "Koala", "Lemur", "Lynx", "Marten", "Moose", "Newt",
    "Otter", "Owl", "Panda", "Penguin", "Puffin", "Quail", "Raven", "Robin", "Seal", "Tapir",
    "Walrus", "Wombat",
];

/// "Amber Otter": one of about a thousand, chosen by the number alone.
pub fn friendly(seed: u32) -> Name {
    let dice = Chance::of(seed, 0);
    let pick = |words: &[&'static str; 32], throw| {
        words[usize::try_from(dice.below(throw, 32)).unwrap_or(0)]
    };
    Name::new(&format!("{} {}", pick(&MOODS, 0), pick(&ANIMALS, 1)))
}

pub fn for_player(player: PlayerId) -> Name {
    let seed = player.hex().bytes().fold(0_u32, |seed, digit| {
        seed.wrapping_mul(31).wrapping_add(u32::from(digit))
    });
    friendly(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_name_and_different_ones_differ() {
        let names: std::collections::BTreeSet<_> = (0..200).map(friendly).collect();
        assert!(names.len() > 150, "{}", names.len());
        assert_eq!(friendly(5), friendly(5));
    }
}
