//! A commit each second for a while, with everything coming and going: the cluster follows, and memory stays flat.
//!
//! `GLOPS_SOAK_SECONDS` is how long; ten minutes are the measure, a short run is part of each test.

use std::env;
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use testkit::ControlPlane;
use testkit::installation::Installation;
use testkit::link::Condition;
use tokio::time::{MissedTickBehavior, interval};

use crate::cluster::State;
use crate::history::History;
use crate::memory::Memory;

const SHORT: usize = 20;
/// Objects leave in a force push.
const SETTINGS: &str = "glops:\n  defaults:\n    prune: {max_share: 1}\n";
/// No more than this may be gained in the second half of a process's life, however long it is.
const MOST_GROWTH_KIB: f64 = 8.0 * 1024.0;

/// What happens in one second of each round; the last third of a soak has only the cuts, so that memory can be seen.
const MISHAPS: [(usize, Mishap); 6] = [
    (3, Mishap::CutLink),
    (6, Mishap::KillKas),
    (9, Mishap::SilenceLink),
    (12, Mishap::StopAgentk),
    (15, Mishap::StopKas),
    (18, Mishap::KillAgentk),
];
const ROUND: usize = 20;

#[derive(Clone, Copy, PartialEq)]
enum Mishap {
    CutLink,
    SilenceLink,
    KillKas,
    StopKas,
    KillAgentk,
    StopAgentk,
}

#[tokio::test]
async fn a_commit_each_second_leaves_the_cluster_equal_to_git() {
    let seconds = env::var("GLOPS_SOAK_SECONDS").ok();
    let seconds = seconds.map_or(SHORT, |seconds| seconds.parse().expect("a number of seconds"));
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("soak").await;
    let maps: Api<ConfigMap> = Api::namespaced(namespace.client().await, namespace.name());
    let mut history = History::new(namespace.name(), State::window(0, 60, 0));
    let first = history.now().commit(namespace.name());
    let mut installed =
        Installation::start(plane, &namespace, first, SETTINGS, "info").expect("all of it starts");
    let log = installed.agentk.service().log_file().to_path_buf();
    let words = || std::fs::read_to_string(&log).unwrap_or_default();
    history.now().wait_for(&maps, words).await;

    let (mut memory, mut in_time) = (Memory::new(), 0);
    let mut clock = interval(Duration::from_secs(1));
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    clock.tick().await;
    for second in 0..seconds {
        mend(&mut installed);
        if let Some((_, mishap)) = MISHAPS.iter().find(|(at, _)| *at == second % ROUND)
            && (second < seconds * 2 / 3 || matches!(mishap, Mishap::CutLink | Mishap::SilenceLink))
        {
            cause(&mut installed, *mishap);
        }
        history.go_on(&installed).expect("one more commit");
        clock.tick().await;
        memory.sample(&mut installed);
        in_time += usize::from(State::of_cluster(&maps).await == *history.now());
    }
    mend(&mut installed);
    let behind = history.now().wait_for(&maps, words).await;
    testkit::progress(&format!(
        "{seconds} commits, {in_time} of them in the cluster before the next one; the last {behind:.1?} after its second\n{memory}"
    ));
    let (agentk, kas) = memory.growth();
    assert!(
        agentk < MOST_GROWTH_KIB && kas < MOST_GROWTH_KIB,
        "memory grows:\n{memory}"
    );
}

/// What a second of trouble does; it is over when the next second begins.
fn cause(installed: &mut Installation, mishap: Mishap) {
    let (kas, agentk) = (installed.kas.service(), installed.agentk.service());
    let caused = match mishap {
        Mishap::CutLink => {
            installed.link.set(Condition::Cut);
            Ok(())
        }
        Mishap::SilenceLink => {
            installed.link.set(Condition::Silent);
            Ok(())
        }
        Mishap::KillKas => kas.kill(),
        Mishap::StopKas => kas
            .stop()
            .map(|well| assert!(well, "kas did not end well:\n{}", kas.log_tail(20))),
        Mishap::KillAgentk => agentk.kill(),
        Mishap::StopAgentk => agentk
            .stop()
            .map(|well| assert!(well, "agentk did not end well:\n{}", agentk.log_tail(20))),
    };
    caused.expect("a mishap");
}

fn mend(installed: &mut Installation) {
    installed.link.set(Condition::Open);
    for service in [installed.kas.service(), installed.agentk.service()] {
        if service.id().is_none() {
            service.start_again().expect("started again");
        }
    }
}
