use proptest::prelude::*;

use super::*;
use crate::source::ProblemReason;

fn message(event: Event) -> wire::WatchResponse {
    wire::WatchResponse { event: Some(event) }
}

fn begin(commit: &str, base: &str) -> wire::WatchResponse {
    message(Event::Begin(wire::Begin {
        commit_id: commit.into(),
        base_commit_id: base.into(),
        ..Default::default()
    }))
}

fn entry(path: &str, content: &str) -> wire::Entry {
    wire::Entry {
        path: path.into(),
        mode: 0o100_644,
        blob_id: Bytes::copy_from_slice(format!("id of {content}").as_bytes()),
        size: content.len() as u64,
        omitted: false,
    }
}

fn changed(entries: &[(&str, &str)]) -> wire::WatchResponse {
    let changed = entries
        .iter()
        .map(|(path, content)| entry(path, content))
        .collect();
    message(Event::Entries(wire::Entries {
        changed,
        removed_paths: vec![],
    }))
}

fn removed(path: &str) -> wire::WatchResponse {
    message(Event::Entries(wire::Entries {
        changed: vec![],
        removed_paths: vec![path.into()],
    }))
}

fn part(whole: &str, part: &str) -> wire::WatchResponse {
    message(Event::Blobs(wire::Blobs {
        parts: vec![wire::BlobPart {
            blob_id: Bytes::copy_from_slice(format!("id of {whole}").as_bytes()),
            data: Bytes::copy_from_slice(part.as_bytes()),
        }],
    }))
}

fn end(commit: &str) -> wire::WatchResponse {
    message(Event::End(wire::End {
        commit_id: commit.into(),
    }))
}

fn up_to_date(commit: &str) -> wire::WatchResponse {
    message(Event::UpToDate(wire::UpToDate {
        commit_id: commit.into(),
    }))
}

fn receive(
    receiver: &mut Receiver,
    messages: impl IntoIterator<Item = wire::WatchResponse>,
) -> Arc<Snapshot> {
    let mut last = None;
    for message in messages {
        last = receiver.handle(message).unwrap();
    }
    match last {
        Some(Update::Snapshot(snapshot) | Update::UpToDate(snapshot)) => snapshot,
        other => panic!("no snapshot but {other:?}"),
    }
}

fn first_commit() -> [wire::WatchResponse; 5] {
    [
        begin("c1", ""),
        changed(&[("a.yaml", "one"), ("b.yaml", "two")]),
        part("one", "one"),
        part("two", "two"),
        end("c1"),
    ]
}

#[test]
fn a_commit_is_handed_out_when_it_is_whole() {
    let snapshot = receive(&mut Receiver::default(), first_commit());
    assert_eq!(snapshot.commit_id, "c1");
    assert_eq!(snapshot.content("a.yaml").unwrap(), "one");
    assert_eq!(snapshot.content("b.yaml").unwrap(), "two");
}

#[test]
fn a_blob_comes_in_parts() {
    let messages = [
        begin("c1", ""),
        changed(&[("a", "long")]),
        part("long", "lo"),
        part("long", "ng"),
        end("c1"),
    ];
    assert_eq!(
        receive(&mut Receiver::default(), messages).content("a").unwrap(),
        "long"
    );
}

#[test]
fn the_next_commit_is_a_difference_and_brings_only_new_blobs() {
    let mut receiver = Receiver::default();
    receive(&mut receiver, first_commit());
    let next = [
        begin("c2", "c1"),
        changed(&[("c.yaml", "three")]),
        removed("a.yaml"),
        part("three", "three"),
        end("c2"),
    ];
    let snapshot = receive(&mut receiver, next);
    assert_eq!(snapshot.entries.keys().collect::<Vec<_>>(), ["b.yaml", "c.yaml"]);
    assert_eq!(snapshot.blobs.len(), 2, "the blob of a removed file is let go");
}

#[test]
fn a_newer_commit_supersedes_and_keeps_what_came() {
    let mut receiver = Receiver::default();
    let unfinished = [
        begin("c1", ""),
        changed(&[("a", "one"), ("b", "two")]),
        part("one", "one"),
    ];
    let newer = [
        begin("c2", ""),
        changed(&[("a", "one"), ("c", "three")]),
        part("three", "three"),
        end("c2"),
    ];
    let snapshot = receive(&mut receiver, unfinished.into_iter().chain(newer));
    assert_eq!(snapshot.entries.keys().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(snapshot.content("a").unwrap(), "one");
}

#[test]
fn a_commit_of_other_files_is_taken_without_its_own_files() {
    let mut receiver = Receiver::default();
    receive(&mut receiver, first_commit());
    let snapshot = receive(&mut receiver, [up_to_date("c2")]);
    assert_eq!((snapshot.commit_id.as_str(), snapshot.entries.len()), ("c2", 2));
    receive(&mut receiver, [begin("c3", "c2"), end("c3")]);
}

#[test]
fn a_stream_goes_on_from_what_was_held_before() {
    let mut first = Receiver::default();
    let held = receive(&mut first, first_commit());
    let mut second = Receiver::new(Some(held));
    let snapshot = receive(&mut second, [begin("c2", "c1"), removed("b.yaml"), end("c2")]);
    assert_eq!(snapshot.content("a.yaml").unwrap(), "one");
}

#[test]
fn an_omitted_file_is_listed_without_content() {
    let mut receiver = Receiver::default();
    let large = wire::Entry {
        omitted: true,
        ..entry("large", "never sent")
    };
    let entries = message(Event::Entries(wire::Entries {
        changed: vec![large],
        removed_paths: vec![],
    }));
    let snapshot = receive(&mut receiver, [begin("c1", ""), entries, end("c1")]);
    assert!(snapshot.entries["large"].omitted);
    assert_eq!(snapshot.content("large"), None);
}

#[test]
fn a_problem_keeps_what_is_held() {
    let mut receiver = Receiver::default();
    receive(&mut receiver, first_commit());
    let problem = Problem {
        reason: ProblemReason::ReferenceNotFound,
        message: "gone".into(),
        commit_id: String::new(),
    };
    let update = receiver
        .handle(message(Event::Problem(problem.clone().into())))
        .unwrap();
    assert_eq!(update, Some(Update::Problem(problem)));
    assert_eq!(receiver.held().unwrap().commit_id, "c1");
}

#[test]
fn what_does_not_follow_is_refused() {
    let refused = |messages: Vec<wire::WatchResponse>| {
        let mut receiver = Receiver::default();
        let error = messages
            .into_iter()
            .find_map(|message| receiver.handle(message).err());
        error.expect("one message is refused").to_string()
    };
    assert_eq!(refused(vec![end("c1")]), "unexpected end");
    assert_eq!(refused(vec![part("a", "a")]), "unexpected blobs");
    assert_eq!(refused(vec![changed(&[])]), "unexpected entries");
    assert_eq!(refused(vec![up_to_date("c1")]), "unexpected up_to_date");
    assert_eq!(
        refused(vec![wire::WatchResponse { event: None }]),
        "unexpected empty message"
    );
    assert_eq!(
        refused(vec![begin("c2", "c1")]),
        "commit c2 is a difference to \"c1\", which is not held"
    );
    assert_eq!(refused(vec![begin("c1", ""), end("c2")]), "commit c1 ends as c2");
    assert_eq!(
        refused(vec![begin("c1", ""), changed(&[("a", "one")]), end("c1")]),
        "commit c1 ends without the content of a"
    );
    assert_eq!(
        refused(vec![begin("c1", ""), changed(&[("../a", "one")])]),
        "entry \"../a\" with mode 100644 is not a file of a repository"
    );
}

fn any_message() -> impl Strategy<Value = wire::WatchResponse> {
    let commit = prop_oneof![Just("c1"), Just("c2"), Just("")];
    let path = prop_oneof![Just("a"), Just("b"), Just("..")];
    let content = prop_oneof![Just("one"), Just("two"), Just("")];
    prop_oneof![
        (commit.clone(), commit.clone()).prop_map(|(commit, base)| begin(commit, base)),
        (path.clone(), content.clone()).prop_map(|(path, content)| changed(&[(path, content)])),
        path.prop_map(removed),
        content.prop_map(|content| part(content, content)),
        commit.clone().prop_map(end),
        commit.prop_map(up_to_date),
        Just(wire::WatchResponse { event: None }),
    ]
}

proptest! {
    #[test]
    fn whatever_comes_a_snapshot_is_whole(messages in proptest::collection::vec(any_message(), 0..40)) {
        let mut receiver = Receiver::default();
        for message in messages {
            if let Ok(Some(Update::Snapshot(snapshot))) = receiver.handle(message) {
                for (path, entry) in &snapshot.entries {
                    prop_assert_eq!(snapshot.content(path).unwrap().len() as u64, entry.size);
                }
            }
        }
    }
}
