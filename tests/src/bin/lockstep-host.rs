//! A plugin host in a process of its own, for tests that need two. It must not know any test.

fn main() {
    lockstep_tests::hosts::serve();
}
