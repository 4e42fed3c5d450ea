use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use rpc::{gitlab::agent::entity::AgentMeta, record};

/// Pods register every five minutes; one that has not for twice as long has gone.
const EXPIRY: Duration = Duration::from_mins(10);

/// Pods that one agent may have; beyond them the one that was not heard of for longest is forgotten.
const MAX_PODS: usize = 100;
/// Far more than a pod says about itself; one that says more is counted and nothing else.
const MAX_META_BYTES: usize = 4096;

/// A pod of agentk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pod {
    pub(crate) id: i64,
    pub(crate) meta: AgentMeta,
    /// Milliseconds since 1970.
    pub(crate) connected_at: i64,
    // by a clock that does not jump
    seen_at: Instant,
}

/// Pods that are connected now, by agent.
#[derive(Debug, Default)]
pub(crate) struct Pods(Mutex<HashMap<i64, Vec<Pod>>>);

impl Pods {
    /// A pod makes itself known, for the first time or again.
    pub(crate) fn register(&self, agent_id: i64, pod_id: i64, meta: AgentMeta) {
        let now = Instant::now();
        let meta = if record::encode(&meta).len() > MAX_META_BYTES {
            AgentMeta::default()
        } else {
            meta
        };
        let mut agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pods = agents.entry(agent_id).or_default();
        pods.retain(|pod| now.duration_since(pod.seen_at) < EXPIRY);
        if pods.len() >= MAX_PODS && pods.iter().all(|pod| pod.id != pod_id) {
            // those that registered again stand where they stood, so that the oldest has to be looked for
            if let Some(oldest) = (0..pods.len()).min_by_key(|index| pods[*index].seen_at) {
                pods.remove(oldest);
            }
        }
        match pods.iter_mut().find(|pod| pod.id == pod_id) {
            Some(pod) => (pod.meta, pod.seen_at) = (meta, now),
            None => pods.push(Pod {
                id: pod_id,
                meta,
                connected_at: crate::database::now(),
                seen_at: now,
            }),
        }
    }

    /// A pod has gone.
    pub(crate) fn unregister(&self, agent_id: i64, pod_id: i64) {
        let mut agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pods) = agents.get_mut(&agent_id) {
            pods.retain(|pod| pod.id != pod_id);
        }
    }

    /// The pods of an agent.
    pub(crate) fn of(&self, agent_id: i64) -> Vec<Pod> {
        let now = Instant::now();
        let agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pods = agents.get(&agent_id).into_iter().flatten();
        pods.filter(|pod| now.duration_since(pod.seen_at) < EXPIRY)
            .cloned()
            .collect()
    }

    /// Forgets an agent.
    pub(crate) fn forget(&self, agent_id: i64) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&agent_id);
    }

    /// How many agents have a pod.
    pub(crate) fn agents(&self) -> usize {
        let now = Instant::now();
        let agents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        agents
            .values()
            .filter(|pods| pods.iter().any(|pod| now.duration_since(pod.seen_at) < EXPIRY))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_cannot_fill_the_memory_with_pods() {
        let pods = Pods::default();
        let large = AgentMeta {
            pod_name: "x".repeat(2 * MAX_META_BYTES),
            ..AgentMeta::default()
        };
        for id in 0..=MAX_PODS as i64 {
            pods.register(1, id, large.clone());
        }
        let known = pods.of(1);
        assert_eq!(known.len(), MAX_PODS);
        assert!(known.iter().all(|pod| pod.meta == AgentMeta::default()));
        assert!(known.iter().any(|pod| pod.id == MAX_PODS as i64));
    }
}
