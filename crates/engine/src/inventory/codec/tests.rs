use manifest::ResourceKey;
use proptest::prelude::*;

use super::*;
use crate::inventory::ResourceRef;

/// Room for the data of one Secret, well below its 1 MiB in base64.
const SHARD: usize = 700 * 1024;

fn inventory(count: usize) -> Inventory {
    (0..count)
        .map(|index| {
            let (group, kind) = [
                ("", "ConfigMap"),
                ("apps", "Deployment"),
                ("example.com", "Widget"),
            ][index % 3];
            let name = format!("service-{:08x}-settings", index.wrapping_mul(2_654_435_761));
            ResourceRef::new(
                ResourceKey::new(group, kind, format!("team-{}", index % 50), name),
                "v1",
            )
        })
        .collect()
}

#[test]
fn a_hundred_thousand_objects_fit_a_few_secrets() {
    let full = inventory(100_000);
    let shards = encode(&full, SHARD);
    assert!(shards.len() <= 3, "{} shards", shards.len());
    assert!(shards.iter().all(|shard| shard.len() <= SHARD));
    assert_eq!(decode(&shards), Ok(full));
    assert_eq!(encode(&inventory(5_000), SHARD).len(), 1);
}

#[test]
fn shards_may_come_in_any_order() {
    let full = inventory(1_000);
    let mut shards = encode(&full, 500);
    assert!(shards.len() > 3);
    shards.reverse();
    assert_eq!(decode(&shards), Ok(full));
}

#[test]
fn what_is_not_whole_is_found_out() {
    let shards = encode(&inventory(1_000), 500);
    let other = encode(&inventory(1_001), 500);
    assert_eq!(decode::<Vec<u8>>(&[]), Err(Error::Empty));
    assert_eq!(decode(&[b"{}".as_slice()]), Err(Error::Foreign(0)));
    let expected = shards.len();
    assert_eq!(
        decode(&shards[1..]),
        Err(Error::Incomplete {
            expected,
            found: expected - 1
        })
    );
    let mut twice = shards.clone();
    twice[1] = shards[0].clone();
    assert_eq!(
        decode(&twice),
        Err(Error::Incomplete {
            expected,
            found: expected - 1
        })
    );
    let mut mixed = shards.clone();
    mixed[0] = other[0].clone();
    assert_eq!(decode(&mixed), Err(Error::Mixed));
    let mut newer = shards.clone();
    newer[0][4] = 2;
    assert_eq!(decode(&newer), Err(Error::UnknownFormat(2)));
    let mut damaged = shards;
    if let Some(byte) = damaged[2].last_mut() {
        *byte ^= 1;
    }
    assert_eq!(decode(&damaged), Err(Error::Damaged("its digest is another")));
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z]{1,5}", "\\PC{0,4}"]
}

fn any_inventory() -> impl Strategy<Value = Inventory> {
    let reference =
        (texts(), texts(), texts(), texts(), texts()).prop_map(|(group, kind, namespace, name, version)| {
            ResourceRef::new(ResourceKey::new(group, kind, namespace, name), version)
        });
    proptest::collection::vec(reference, 0..40).prop_map(|references| references.into_iter().collect())
}

proptest! {
    #[test]
    fn what_is_written_is_read(inventory in any_inventory(), size in 40..400_usize) {
        prop_assert_eq!(decode(&encode(&inventory, size)), Ok(inventory));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), inventory in any_inventory(), at in any::<prop::sample::Index>()) {
        let _ = decode(&[&bytes]);
        let _ = columns::read(&bytes);
        let mut columns = columns::write(&inventory);
        let index = at.index(columns.len());
        columns[index] = columns[index].wrapping_add(1);
        let _ = columns::read(&columns);
    }

    #[test]
    fn union_and_difference_are_those_of_sets(one in any_inventory(), other in any_inventory()) {
        let union = one.union(&other);
        prop_assert!(one.keys().chain(other.keys()).all(|key| union.contains(key)));
        let difference = union.difference(&other);
        prop_assert!(difference.keys().all(|key| one.contains(key) && !other.contains(key)));
        prop_assert_eq!(difference.len() + other.len(), union.len());
    }
}
