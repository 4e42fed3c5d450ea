//! How many tests passed and failed, from the lines in which cargo says so.

use std::ops::AddAssign;

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Count {
    /// Reads a line such as `test result: ok. 4 passed; 0 failed; …`.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        let rest = line.strip_prefix("test result: ")?;
        let number = |unit: &str| {
            let before = rest.split(unit).next()?;
            before.rsplit(' ').next()?.parse().ok()
        };
        Some(Self {
            passed: number(" passed")?,
            failed: number(" failed")?,
        })
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_cargo_says() {
        let line = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.43s";
        assert_eq!(
            Count::of_line(line),
            Some(Count {
                passed: 12,
                failed: 3
            })
        );
        assert_eq!(Count::of_line("test each_test ... ok"), None);
    }
}
