//! What became of the edits of each run, so that a repeated edit is answered and applied once.

use super::members::Members;
use crate::ids::{EditNumber, PlayerId, Revision, Run};
use crate::journal::RunOutcomes;
use crate::limits;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    New,
    Accepted(Revision),
    /// Refused, or so old that its author has long known.
    Refused,
}

#[derive(Debug, Default)]
pub(super) struct Outcomes {
    runs: BTreeMap<(PlayerId, Run), Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Numbers up to this one have been decided.
    decided: EditNumber,
    accepted: VecDeque<(EditNumber, Revision)>,
}

impl Outcomes {
    pub(super) fn from_stored(stored: Vec<RunOutcomes>) -> Self {
        let known = |run: RunOutcomes| {
            let decided = run
                .accepted
                .last()
                .map_or(EditNumber(0), |(number, _)| *number);
            (
                (run.player, run.run),
                Known {
                    decided,
                    accepted: run.accepted.into(),
                },
            )
        };
        Self {
            runs: stored.into_iter().map(known).collect(),
        }
    }

    pub(super) fn to_stored(&self) -> Vec<RunOutcomes> {
        let stored = self.runs.iter().map(|(&(player, run), known)| RunOutcomes {
            player,
            run,
            accepted: known.accepted.iter().copied().collect(),
        });
        stored.filter(|run| !run.accepted.is_empty()).collect()
    }

    pub(super) fn of(&self, player: PlayerId, run: Run, number: EditNumber) -> Outcome {
        match self.runs.get(&(player, run)) {
            Some(known) if number <= known.decided => {
                match known
                    .accepted
                    .binary_search_by_key(&number, |&(accepted, _)| accepted)
                {
                    Ok(place) => Outcome::Accepted(known.accepted[place].1),
                    Err(_) => Outcome::Refused,
                }
            }
            _ => Outcome::New,
        }
    }

    pub(super) fn accepted(
        &self,
        player: PlayerId,
        run: Run,
        (first, last): (EditNumber, EditNumber),
    ) -> Vec<(EditNumber, Revision)> {
        let Some(known) = self.runs.get(&(player, run)) else {
            return Vec::new();
        };
        known
            .accepted
            .iter()
            .filter(|(number, _)| (first..=last).contains(number))
            .copied()
            .collect()
    }

    pub(super) fn accept(
        &mut self,
        player: PlayerId,
        run: Run,
        number: EditNumber,
        revision: Revision,
        members: &Members,
    ) {
        self.make_room(player, run, members);
        let known = self.runs.entry((player, run)).or_default();
        known.decided = known.decided.max(number);
        known.accepted.push_back((number, revision));
        if known.accepted.len() > limits::OUTCOMES {
            known.accepted.pop_front();
        }
    }

    pub(super) fn refuse(&mut self, player: PlayerId, run: Run, number: EditNumber) {
        // Only runs that changed something are worth a place; without one, repeating is harmless.
        if let Some(known) = self.runs.get_mut(&(player, run)) {
            known.decided = known.decided.max(number);
        }
    }

    /// Forgets the run that was silent longest, of those not connected.
    fn make_room(&mut self, player: PlayerId, run: Run, members: &Members) {
        if self.runs.len() < limits::RUNS || self.runs.contains_key(&(player, run)) {
            return;
        }
        let idle = self
            .runs
            .iter()
            .filter(|((player, run), _)| !members.is_connected(*player, *run));
        let oldest =
            idle.min_by_key(|(_, known)| known.accepted.back().map(|(_, revision)| *revision));
        if let Some(identity) = oldest.map(|(identity, _)| *identity) {
            self.runs.remove(&identity);
        }
    }
}
