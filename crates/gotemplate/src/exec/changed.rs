use std::cell::RefCell;

use crate::value::{Map, WeakMap};

/// The maps that could hold themselves: those that something was put into after they were made.
#[derive(Debug, Default)]
pub(super) struct Changed(RefCell<Handles>);

#[derive(Debug, Default)]
struct Handles {
    maps: Vec<WeakMap>,
    /// How many there were after the dead ones had been dropped.
    lived: usize,
}

impl Changed {
    pub(super) fn remember(&self, map: &Map) {
        let mut handles = self.0.borrow_mut();
        if handles.maps.len() > 2 * handles.lived + 64 {
            handles.maps.retain(WeakMap::is_alive);
            handles.lived = handles.maps.len();
        }
        handles.maps.extend(map.downgrade());
    }

    /// Empties those that still live.
    pub(super) fn dissolve(&self) {
        let maps = std::mem::take(&mut self.0.borrow_mut().maps);
        for map in maps.iter().filter_map(WeakMap::upgrade) {
            map.dissolve();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_holds_itself_is_freed() {
        let changed = Changed::default();
        let map = Map::new();
        changed.remember(&map);
        map.insert("self", map.clone());
        let handle = map.downgrade().expect("it is not nil");
        drop(map);
        assert!(handle.is_alive());
        changed.dissolve();
        assert!(!handle.is_alive());
    }

    #[test]
    fn dead_maps_are_forgotten() {
        let changed = Changed::default();
        for _ in 0..1_000 {
            changed.remember(&Map::new());
        }
        assert!(changed.0.borrow().maps.len() < 100);
    }
}
