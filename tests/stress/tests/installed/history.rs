//! A branch to which something happens every second: the same each time, and never the same twice.

use std::collections::VecDeque;

use testkit::installation::Installation;

use crate::cluster::State;

const BRANCH: &str = "main";
/// How far back a force push goes at most.
const REMEMBERED: usize = 8;
/// Between these the number of objects stays.
const FEWEST: usize = 40;
const MOST: usize = 80;

/// What a branch holds, and what it held.
pub(crate) struct History {
    namespace: String,
    now: State,
    past: VecDeque<(String, State)>,
    step: usize,
    next: usize,
}

impl History {
    /// A branch that holds `now`.
    pub(crate) fn new(namespace: &str, now: State) -> Self {
        let next = now.len();
        Self {
            namespace: namespace.to_owned(),
            now,
            past: VecDeque::new(),
            step: 0,
            next,
        }
    }

    /// What the branch holds.
    pub(crate) fn now(&self) -> &State {
        &self.now
    }

    /// Puts one more commit onto the branch, now and then with a force push; kas is told of most.
    pub(crate) fn go_on(&mut self, installed: &Installation) -> anyhow::Result<()> {
        self.step += 1;
        if self.step.is_multiple_of(15)
            && let Some((commit, state)) = self.past.pop_front()
        {
            self.past.clear();
            installed.repository.reset(BRANCH, &commit)?;
            self.now = state;
        }
        self.change();
        let commit = installed
            .repository
            .commit(BRANCH, &self.now.commit(&self.namespace))?;
        if self.past.len() == REMEMBERED {
            self.past.pop_front();
        }
        self.past.push_back((commit, self.now.clone()));
        // what kas is not told of it finds by itself; one that is gone or just starts cannot be told
        if !self.step.is_multiple_of(4) {
            let _ = installed.kas.tell_of_push(&installed.repository, BRANCH);
        }
        Ok(())
    }

    fn change(&mut self) {
        let (step, count) = (self.step, self.now.len());
        let victim = step.wrapping_mul(2_654_435_761) % count;
        let adds = count < FEWEST || (step % 3 == 0 && count < MOST);
        if adds {
            let many = 1 + step % 5;
            (0..many).for_each(|offset| self.now.set(self.next + offset, step));
            self.next += many;
        } else if step % 3 == 1 && count > FEWEST {
            self.now.remove_nth(victim);
            self.now.remove_nth(victim / 2);
        }
        self.now.change_nth(victim / 3, step);
    }
}
