//! From kubectl's flags to a configuration for the cluster.

use std::time::Duration;

use engine::{Application, Cluster, InventoryId, cluster::ClusterOptions};
use kube::config::{KubeConfigOptions, Kubeconfig, KubeconfigError};

use crate::{
    cli::GlobalArgs,
    error::{CommandError, Context as _, Result},
};

/// What most commands work with: a cluster, and the namespace of the inventory and of objects that name none.
pub(crate) struct Connection {
    pub(crate) cluster: Cluster,
    pub(crate) namespace: String,
}

impl Connection {
    /// The cluster and the namespace that the flags name, or else the context.
    pub(crate) async fn open(global: &GlobalArgs) -> Result<Self> {
        let config = config(global).await?;
        let namespace = global
            .namespace
            .clone()
            .unwrap_or_else(|| config.default_namespace.clone());
        Ok(Self {
            cluster: connect(config)?,
            namespace,
        })
    }

    /// What the inventory of that name records.
    pub(crate) fn application(&self, inventory: &str) -> Application {
        Application::new(InventoryId::new(&self.namespace, inventory))
    }
}

/// The connection that the flags, `$KUBECONFIG`, or the pod that this runs in, describe.
async fn config(args: &GlobalArgs) -> Result<kube::Config> {
    let timeout = duration(&args.request_timeout)?;
    let options = KubeConfigOptions {
        context: args.context.clone(),
        cluster: args.cluster.clone(),
        user: args.user.clone(),
    };
    let named = options.context.is_some() || options.cluster.is_some() || options.user.is_some();
    let mut config = match kubeconfig(args)? {
        Some(kubeconfig) => from_kubeconfig(kubeconfig, &options).await?,
        None if named => {
            return Err(CommandError::new("failed to find a kubeconfig, though a context, cluster or user was named")
                .hint("set KUBECONFIG or give --kubeconfig FILE"));
        }
        // outside of a Pod the only cause would be that some variable of Pods is not set
        None => kube::Config::incluster().map_err(|_| {
            CommandError::new("failed to find a cluster: there is no kubeconfig, and this is no Pod").hint(
                "set KUBECONFIG, give --kubeconfig FILE, or share an agent with this project when this is a GitLab CI job",
            )
        })?,
    };
    config.connect_timeout = Some(timeout.unwrap_or(Duration::from_secs(30)));
    config.read_timeout = timeout;
    if args.act_as.is_some() {
        config.auth_info.impersonate.clone_from(&args.act_as);
    }
    if !args.act_as_groups.is_empty() {
        config.auth_info.impersonate_groups = Some(args.act_as_groups.clone());
    }
    Ok(config)
}

/// The cluster itself. One that does not answer at all is told at once, not waited for.
fn connect(config: kube::Config) -> Result<Cluster> {
    let options = ClusterOptions {
        retries_first_contact: false,
        ..ClusterOptions::default()
    };
    Ok(Cluster::connect_with(config, options)?)
}

fn kubeconfig(args: &GlobalArgs) -> Result<Option<Kubeconfig>> {
    if let Some(file) = &args.kubeconfig {
        let what = format!("failed to read kubeconfig {}", file.display());
        let read = match Kubeconfig::read_from(file) {
            // its text names the file a second time
            Err(KubeconfigError::ReadConfig(source, _)) => Err(source).context(what),
            read => read.context(what),
        };
        return Ok(Some(read?));
    }
    match Kubeconfig::from_env().context("failed to read the files of KUBECONFIG")? {
        Some(kubeconfig) => Ok(Some(kubeconfig)),
        // a missing default file is no error: this may run in a pod
        None => Ok(Kubeconfig::read().ok()),
    }
}

async fn from_kubeconfig(kubeconfig: Kubeconfig, options: &KubeConfigOptions) -> Result<kube::Config> {
    let contexts: Vec<String> = kubeconfig
        .contexts
        .iter()
        .map(|context| context.name.clone())
        .collect();
    let mut options = KubeConfigOptions { ..options.clone() };
    if options.context.is_none()
        && kubeconfig
            .current_context
            .as_deref()
            .unwrap_or_default()
            .is_empty()
    {
        // GitLab CI gives one context for each agent and no current one
        match contexts.as_slice() {
            [only] => options.context = Some(only.clone()),
            _ => {
                return Err(CommandError::new("the kubeconfig has no current context")
                    .hint(format!("give --context with one of: {}", contexts.join(", "))));
            }
        }
    }
    kube::Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .context("failed to use the kubeconfig")
        .hint(format!("its contexts are: {}", contexts.join(", ")))
}

/// Reads `90s`, `5m`, `1h30m`, `500ms`; a bare number is seconds; 0 is no bound.
pub(crate) fn duration(text: &str) -> Result<Option<Duration>> {
    let wrong = || {
        CommandError::new(format!("{text:?} is no duration"))
            .hint("write it as 500ms, 30s, 5m or 1h30m; 0 is no bound")
    };
    let mut total = Duration::ZERO;
    let mut rest = text;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let amount: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit_end = rest[digits..]
            .find(|c: char| c.is_ascii_digit())
            .map_or(rest.len(), |end| digits + end);
        let milliseconds = match &rest[digits..unit_end] {
            "ms" => 1,
            "s" => 1000,
            "" if digits == text.len() => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(wrong()),
        };
        total += Duration::from_millis(amount.checked_mul(milliseconds).ok_or_else(wrong)?);
        rest = &rest[unit_end..];
    }
    Ok((!total.is_zero()).then_some(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_kubectl_reads_them() {
        let read = |text| duration(text).ok().flatten().map(|duration| duration.as_millis());
        assert_eq!(read("30s"), Some(30_000));
        assert_eq!(read("1h30m"), Some(5_400_000));
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("45"), Some(45_000));
        assert_eq!(duration("0").unwrap(), None);
        for wrong in [
            "",
            "s",
            "5x",
            "-3s",
            "99999999999999999999h",
            "18446744073709551615h",
        ] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
