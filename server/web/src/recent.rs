//! The sessions this browser was in, kept here and nowhere else. Their links are as secret as they
//! were: whoever has this browser has been in them.

use crate::browser;

const KEY: &str = "lockstep.recent";
const MOST: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Newest first.
pub(crate) fn visits() -> Vec<Visit> {
    read(&browser::kept(KEY).unwrap_or_default())
}

/// Keeps that this session was visited, under the name it has by now.
pub(crate) fn keep(id: &str, name: &str) {
    let visit = Visit {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    browser::keep(KEY, &written(&with(visits(), visit)));
}

fn with(mut visits: Vec<Visit>, visit: Visit) -> Vec<Visit> {
    visits.retain(|other| other.id != visit.id);
    visits.insert(0, visit);
    visits.truncate(MOST);
    visits
}

/// An id has no spaces, and a name no line ends.
fn read(text: &str) -> Vec<Visit> {
    let visit = |line: &str| {
        let (id, name) = line.split_once(' ')?;
        Some(Visit {
            id: id.to_owned(),
            name: name.to_owned(),
        })
    };
    text.lines().filter_map(visit).take(MOST).collect()
}

fn written(visits: &[Visit]) -> String {
    let lines = visits
        .iter()
        .map(|visit| format!("{} {}\n", visit.id, visit.name));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_that_is_visited_again_comes_first_and_only_once() {
        let visit = |id: &str| Visit {
            id: id.to_owned(),
            name: format!("Session {id}"),
        };
        let mut visits = Vec::new();
        for id in ["a", "b", "a"] {
            visits = with(visits, visit(id));
        }
        assert_eq!(visits, [visit("a"), visit("b")]);
        assert_eq!(read(&written(&visits)), visits);
    }

    #[test]
    fn what_is_kept_does_not_grow_for_ever() {
        let visit = |number: usize| Visit {
            id: number.to_string(),
            name: String::new(),
        };
        let visits = (0..50).fold(Vec::new(), |visits, number| with(visits, visit(number)));
        assert_eq!(visits.len(), MOST);
        assert_eq!(visits[0].id, "49");
    }
}
