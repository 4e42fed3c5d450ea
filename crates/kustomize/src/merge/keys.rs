//! The values by which items of a list are told apart, when there may be several keys and not all are given.

use crate::node::{Access as _, Node};

/// The texts of the keys of each item; empty where an item lacks one.
pub(super) fn of_items(items: &[Node], keys: &[String]) -> Vec<Vec<String>> {
    items
        .iter()
        .map(|item| keys.iter().map(|key| of_item(item, key)).collect())
        .collect()
}

fn of_item(item: &Node, key: &str) -> String {
    item.get(key)
        .filter(|field| !field.is_null_or_empty())
        .map_or_else(String::new, |field| field.text().to_owned())
}

/// The keys that any of the items gives, and the values of one item for them; all of them when none is given.
pub(super) fn given(all: &[Vec<String>], values: &[String], keys: &[String]) -> (Vec<String>, Vec<String>) {
    let is_given = |index: usize| {
        all.iter()
            .any(|values| values.get(index).is_some_and(|value| !value.is_empty()))
    };
    let given: Vec<bool> = (0..keys.len()).map(is_given).collect();
    if !given.contains(&true) {
        return (keys.to_vec(), values.to_vec());
    }
    let pick = |list: &[String]| {
        list.iter()
            .zip(&given)
            .filter(|(_, given)| **given)
            .map(|(text, _)| text.clone())
            .collect()
    };
    (pick(keys), pick(values))
}

/// Completes values from such that agree with them in what both give.
pub(super) fn complete(all: &mut [Vec<String>]) {
    for i in 0..all.len() {
        let values = all[i].clone();
        for j in 0..all.len() {
            if let Some(joined) = join(&values, &all[j]) {
                all[i].clone_from(&joined);
                all[j] = joined;
            }
        }
    }
}

fn join(a: &[String], b: &[String]) -> Option<Vec<String>> {
    if a.len() != b.len() {
        return None;
    }
    let mut common = false;
    let mut joined = Vec::with_capacity(a.len());
    for (a, b) in a.iter().zip(b) {
        if a == b {
            common = true;
        } else if !a.is_empty() && !b.is_empty() {
            return None;
        }
        joined.push(if a.is_empty() { b.clone() } else { a.clone() });
    }
    common.then_some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(lists: &[&[&str]]) -> Vec<Vec<String>> {
        lists
            .iter()
            .map(|list| list.iter().map(|text| (*text).to_owned()).collect())
            .collect()
    }

    #[test]
    fn missing_values_are_taken_from_what_agrees() {
        let mut all = lists(&[&["80", "TCP"], &["80", ""], &["53", "UDP"]]);
        complete(&mut all);
        assert_eq!(all, lists(&[&["80", "TCP"], &["80", "TCP"], &["53", "UDP"]]));
    }

    #[test]
    fn keys_that_nobody_gives_do_not_count() {
        let all = lists(&[&["80", ""], &["81", ""]]);
        let keys = lists(&[&["containerPort", "protocol"]]).remove(0);
        let (keys, values) = given(&all, &all[0], &keys);
        assert_eq!((keys, values), (vec!["containerPort".into()], vec!["80".into()]));
    }
}
