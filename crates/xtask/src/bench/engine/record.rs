//! What was measured.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::terminal::line;

/// The name of what is measured here, among its peers.
pub(super) const SELF: &str = "glops";

/// Figures by name.
type Figures = BTreeMap<String, f64>;

/// Figures of every repetition, by who was measured and at what.
#[derive(Debug, Default)]
pub(super) struct Records(Vec<(String, String, Figures)>);

impl Records {
    /// Takes in the numbers of one result.
    pub(super) fn add(&mut self, who: &str, measured: &str, result: &Value) {
        let fields = result.as_object().into_iter().flatten();
        let figures: Figures = fields
            .filter_map(|(name, value)| Some((name.clone(), value.as_f64()?)))
            .collect();
        let told: Vec<_> = figures
            .iter()
            .map(|(name, figure)| format!("{name} {figure:.3}"))
            .collect();
        line(format!("{who}, {measured}: {}", told.join(", ")));
        self.0.push((who.to_owned(), measured.to_owned(), figures));
    }

    /// The medians of all that was measured of this, in the order in which they were measured first.
    pub(super) fn medians(&self, measured: &str) -> Vec<(&str, Figures)> {
        let mut found: Vec<(&str, Vec<&Figures>)> = Vec::new();
        for (who, _, figures) in self.0.iter().filter(|(_, what, _)| what == measured) {
            match found.iter_mut().find(|(known, _)| known == who) {
                Some((_, all)) => all.push(figures),
                None => found.push((who, vec![figures])),
            }
        }
        found.into_iter().map(|(who, all)| (who, medians(&all))).collect()
    }

    /// Every repetition.
    pub(super) fn to_json(&self) -> Value {
        let records = self
            .0
            .iter()
            .map(|(who, measured, figures)| json!({"who": who, "measured": measured, "figures": figures}));
        records.collect()
    }
}

fn medians(all: &[&Figures]) -> Figures {
    let names = all.iter().flat_map(|figures| figures.keys());
    let median_of = |name: &String| {
        median(
            all.iter()
                .filter_map(|figures| figures.get(name).copied())
                .collect(),
        )
    };
    names.map(|name| (name.clone(), median_of(name))).collect()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        let mut records = Records::default();
        for wall in [3.0, 1.0, 2.0] {
            records.add("a", "step", &json!({"wall": wall, "name": "x"}));
        }
        records.add("b", "step", &json!({"wall": 7.0}));
        let medians = records.medians("step");
        assert_eq!(medians[0], ("a", Figures::from([("wall".to_owned(), 2.0)])));
        assert_eq!(medians[1].0, "b");
        assert!(records.medians("other").is_empty());
    }
}
