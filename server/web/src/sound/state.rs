//! How the page's sound stands, and how that is said in words. Silence is never left unexplained.

/// Whether anything is heard here, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Browsers let a page sound only once somebody has touched it.
    Asleep,
    Loading,
    On,
    /// The browser has stopped it: a call came in, or another page took the device.
    Interrupted,
    Failed(Failure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The browser knows no such thing as this page's sound.
    Unsupported,
    /// The page came over plain HTTP from another machine.
    Insecure,
    /// The engine could not be fetched.
    NotLoaded,
    /// The browser gives out no sound device, or took it away.
    NoDevice,
    /// The engine stopped in the middle.
    Broken,
}

impl State {
    /// Short enough for the line at the bottom.
    pub(crate) fn words(self) -> &'static str {
        match self {
            State::Asleep => "Sound starts with your first touch",
            State::Loading => "Sound is loading",
            State::On => "Sound on",
            State::Interrupted => "Sound is interrupted",
            State::Failed(_) => "No sound here",
        }
    }

    /// What to do about it, where there is something to do.
    pub(crate) fn advice(self) -> Option<&'static str> {
        match self {
            State::Asleep | State::Loading | State::On => None,
            State::Interrupted => {
                Some("Something else took the sound of this page. Touch anywhere to hear it again.")
            }
            State::Failed(failure) => Some(failure.advice()),
        }
    }

    /// Whether another touch may help.
    pub(super) fn may_wake(self) -> bool {
        match self {
            State::Asleep | State::Interrupted => true,
            State::Failed(failure) => !matches!(failure, Failure::Unsupported | Failure::Insecure),
            State::Loading | State::On => false,
        }
    }
}

impl Failure {
    fn advice(self) -> &'static str {
        match self {
            Failure::Unsupported => {
                "This browser cannot play the session. You can still edit it: everyone else hears you. A current Chrome, Edge, Firefox or Safari plays it."
            }
            Failure::Insecure => {
                "Browsers let only pages that came over https, or from this machine, make this sound. Ask for a link that begins with https. You can still edit: everyone else hears you."
            }
            Failure::NotLoaded => "The sound could not be fetched. Touch anywhere to try again.",
            Failure::NoDevice => {
                "The browser found nothing to play on. Check the speakers, then touch anywhere."
            }
            Failure::Broken => "The sound stopped unexpectedly. Touch anywhere to start it again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_hears_nothing_is_told_what_to_do() {
        let failures = [
            Failure::Unsupported,
            Failure::Insecure,
            Failure::NotLoaded,
            Failure::NoDevice,
            Failure::Broken,
        ];
        for state in failures
            .map(State::Failed)
            .into_iter()
            .chain([State::Interrupted])
        {
            let advice = state.advice().expect("words");
            assert_eq!(
                state.may_wake(),
                advice.contains("ouch anywhere"),
                "{state:?}"
            );
        }
        assert_eq!(State::On.advice(), None);
    }
}
