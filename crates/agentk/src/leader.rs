//! Of several pods of one agent only the one that holds a Lease changes the cluster.
//!
//! As client-go does it: a holder renews, the others watch the renewals with their own clock and take over when
//! there were none for the lease's duration. Clocks of two machines are never compared, so one that jumps does
//! no harm.

use std::time::Duration;

use k8s_openapi::{
    api::coordination::v1::{Lease, LeaseSpec},
    apimachinery::pkg::apis::meta::v1::MicroTime,
    jiff::Timestamp,
};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

const LEASE_DURATION: Duration = Duration::from_secs(15);
const RENEW_DEADLINE: Duration = Duration::from_secs(10);
const RETRY_PERIOD: Duration = Duration::from_secs(2);
/// An API server that takes a request and never answers must not keep a leader in office beyond its deadline.
const STEP_TIMEOUT: Duration = Duration::from_secs(5);

/// What one look at the lease means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// We hold it: renew.
    Renew,
    /// Nobody holds it, or its holder is gone: take it.
    Take,
    /// Another pod holds it.
    Wait,
}

/// What we have seen of the holder.
#[derive(Debug, Default)]
struct Observed {
    record: Option<(String, Option<MicroTime>)>,
    at: Option<Instant>,
}

impl Observed {
    fn decide(&mut self, spec: &LeaseSpec, identity: &str, now: Instant) -> Decision {
        let holder = spec.holder_identity.clone().unwrap_or_default();
        if holder == identity {
            return Decision::Renew;
        }
        if holder.is_empty() {
            return Decision::Take;
        }
        let record = (holder, spec.renew_time.clone());
        if self.record.as_ref() != Some(&record) {
            self.record = Some(record);
            self.at = Some(now);
        }
        let duration = spec.lease_duration_seconds.map_or(LEASE_DURATION, |seconds| {
            Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
        });
        match self.at {
            Some(at) if now.duration_since(at) >= duration => Decision::Take,
            _ => Decision::Wait,
        }
    }
}

/// The election of one agent's leader.
pub struct Election {
    leases: Api<Lease>,
    name: String,
    identity: String,
}

impl Election {
    /// The election among pods that share the Lease `name` in `namespace`; `identity` names this pod.
    pub fn new(
        client: Client,
        namespace: &str,
        name: impl Into<String>,
        identity: impl Into<String>,
    ) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            name: name.into(),
            identity: identity.into(),
        }
    }

    /// Takes part until `stop`, telling by `leading` whether this pod leads; gives the Lease back at the end.
    pub async fn run(self, leading: watch::Sender<bool>, stop: CancellationToken) {
        let mut observed = Observed::default();
        let mut renewed = Instant::now();
        while !stop.is_cancelled() {
            let begun = Instant::now();
            match timeout(STEP_TIMEOUT, self.step(&mut observed)).await {
                Ok(Ok(leads)) => {
                    if leads {
                        // what was written is no younger than the request for it
                        renewed = begun;
                    }
                    self.tell(&leading, leads);
                }
                Ok(Err(error)) => {
                    warn!(lease = self.name, error = %error, "failed to take part in the leader election");
                }
                Err(_) => warn!(
                    lease = self.name,
                    "the cluster did not answer in the leader election"
                ),
            }
            // until the deadline nobody else can have taken the lease
            if *leading.borrow() && renewed.elapsed() + RETRY_PERIOD > RENEW_DEADLINE {
                self.tell(&leading, false);
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RETRY_PERIOD) => {}
            }
        }
        if *leading.borrow() {
            self.tell(&leading, false);
            if timeout(STEP_TIMEOUT, self.release()).await.is_err() {
                warn!(
                    lease = self.name,
                    "the cluster did not take the lease back; it runs out by itself"
                );
            }
        }
    }

    fn tell(&self, leading: &watch::Sender<bool>, leads: bool) {
        let changed = leading.send_if_modified(|was| std::mem::replace(was, leads) != leads);
        if changed {
            info!(
                lease = self.name,
                identity = self.identity,
                leads,
                "leadership changed"
            );
        }
    }

    /// One look at the lease and, where it is ours or free, one write. A write that lost a race is no error.
    async fn step(&self, observed: &mut Observed) -> Result<bool, kube::Error> {
        let Some(mut lease) = self.leases.get_opt(&self.name).await? else {
            let lease = Lease {
                metadata: ObjectMeta {
                    name: Some(self.name.clone()),
                    ..ObjectMeta::default()
                },
                spec: Some(self.taken(&LeaseSpec::default())),
            };
            return won(self.leases.create(&PostParams::default(), &lease).await);
        };
        let spec = lease.spec.take().unwrap_or_default();
        lease.spec = Some(match observed.decide(&spec, &self.identity, Instant::now()) {
            Decision::Wait => return Ok(false),
            Decision::Renew => LeaseSpec {
                renew_time: Some(now()),
                ..spec
            },
            Decision::Take => self.taken(&spec),
        });
        // the resourceVersion that was read makes this fail when another pod was faster
        won(self
            .leases
            .replace(&self.name, &PostParams::default(), &lease)
            .await)
    }

    fn taken(&self, before: &LeaseSpec) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(self.identity.clone()),
            lease_duration_seconds: i32::try_from(LEASE_DURATION.as_secs()).ok(),
            acquire_time: Some(now()),
            renew_time: Some(now()),
            lease_transitions: Some(
                before
                    .lease_transitions
                    .map_or(0, |count| count.saturating_add(1)),
            ),
            ..LeaseSpec::default()
        }
    }

    /// Lets another pod lead at once instead of after the lease's duration.
    async fn release(&self) {
        let Ok(Some(mut lease)) = self.leases.get_opt(&self.name).await else {
            return;
        };
        match &mut lease.spec {
            Some(spec) if spec.holder_identity.as_deref() == Some(&self.identity) => {
                spec.holder_identity = None;
            }
            _ => return,
        }
        if let Err(error) = self
            .leases
            .replace(&self.name, &PostParams::default(), &lease)
            .await
        {
            warn!(lease = self.name, error = %error, "failed to give the lease back; it runs out by itself");
        }
    }
}

fn won<T>(result: Result<T, kube::Error>) -> Result<bool, kube::Error> {
    match result {
        Ok(_) => Ok(true),
        Err(kube::Error::Api(status)) if status.code == 409 => Ok(false),
        Err(error) => Err(error),
    }
}

fn now() -> MicroTime {
    MicroTime(Timestamp::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_by(holder: &str, renewed: i64) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(holder.to_owned()),
            lease_duration_seconds: Some(15),
            renew_time: Timestamp::from_second(renewed).ok().map(MicroTime),
            ..LeaseSpec::default()
        }
    }

    #[test]
    fn a_holder_that_stops_renewing_is_replaced_by_our_own_clock() {
        let start = Instant::now();
        let mut observed = Observed::default();
        let mut after =
            |seconds, spec: &LeaseSpec| observed.decide(spec, "b", start + Duration::from_secs(seconds));
        // its clock may be years away: only that the value changes counts
        assert_eq!(after(0, &held_by("a", 1)), Decision::Wait);
        assert_eq!(after(14, &held_by("a", 1)), Decision::Wait);
        assert_eq!(after(15, &held_by("a", 4_000_000_000)), Decision::Wait);
        assert_eq!(after(29, &held_by("a", 4_000_000_000)), Decision::Wait);
        assert_eq!(after(30, &held_by("a", 4_000_000_000)), Decision::Take);
    }

    #[test]
    fn a_free_lease_is_taken_and_our_own_renewed() {
        let now = Instant::now();
        assert_eq!(
            Observed::default().decide(&LeaseSpec::default(), "b", now),
            Decision::Take
        );
        assert_eq!(
            Observed::default().decide(&held_by("b", 1), "b", now),
            Decision::Renew
        );
    }
}
