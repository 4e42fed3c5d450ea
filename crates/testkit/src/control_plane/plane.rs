//! A control plane's life: found or started, used, ended.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::options::Options;
use super::place::Place;
use super::programs::Programs;
use super::servers::Site;
use super::workspace::Workspace;
use super::{kubeconfig, pki, readiness};
use crate::process::Process;
use crate::{ports, settings};

const DEFAULT_PREFIX: &str = "/registry";

/// A running control plane; its processes end when it is dropped or when this process ends, however it ends.
#[derive(Debug)]
pub struct ControlPlane {
    processes: Mutex<Vec<Process>>,
    workspace: Workspace,
    kubeconfig: PathBuf,
    /// None for a cluster that somebody named by kubeconfig: it is used, never steered.
    place: Option<Place>,
    options: Options,
}

impl ControlPlane {
    /// The control plane of this test run: the cluster of `GLOPS_TEST_KUBECONFIG`, else the one that
    /// `GLOPS_TEST_CONTROL_PLANE` points at, else one that this process starts. Tests share it, each in its own namespace.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<ControlPlane>> = OnceLock::new();
        match SHARED.get_or_init(Self::find_or_start) {
            Ok(plane) => plane,
            Err(error) => panic!("no control plane to test on: {error:#}"),
        }
    }

    fn find_or_start() -> Result<Self> {
        if let Some(kubeconfig) = settings::path(settings::KUBECONFIG) {
            return Self::explicit(kubeconfig);
        }
        match settings::path(settings::CONTROL_PLANE) {
            Some(directory) => Self::attach(directory),
            None => Self::start(&Options::default()),
        }
    }

    /// Starts a control plane of its own with its own etcd.
    pub fn start(options: &Options) -> Result<Self> {
        let programs = Programs::find_or_build()?;
        with_other_ports(|| Self::start_once(&programs, options))
    }

    fn start_once(programs: &Programs, options: &Options) -> Result<Self> {
        let place = Place {
            programs: programs.clone(),
            etcd_port: ports::free()?,
            api_port: ports::free()?,
            etcd_prefix: DEFAULT_PREFIX.to_owned(),
        };
        let mut plane = Self::prepare(place, options)?;
        let mut etcd = plane.launch("etcd", &plane.site()?.etcd())?;
        readiness::port(&mut etcd, plane.place()?.etcd_port)?;
        plane.processes_mut().push(etcd);
        plane.start_api_server()?;
        plane.start_controllers()?;
        Ok(plane)
    }

    /// Starts an API server of its own beside this control plane's, under a prefix of its own in the same etcd:
    /// a fresh cluster in two seconds.
    pub fn isolated(&self, options: &Options) -> Result<Self> {
        with_other_ports(|| self.isolated_once(options))
    }

    fn isolated_once(&self, options: &Options) -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let etcd_prefix = format!("/isolated-{}-{number}", std::process::id());
        let place = Place {
            api_port: ports::free()?,
            etcd_prefix,
            ..self.place()?.clone()
        };
        let mut plane = Self::prepare(place, options)?;
        plane.start_api_server()?;
        plane.start_controllers()?;
        Ok(plane)
    }

    fn prepare(place: Place, options: &Options) -> Result<Self> {
        let workspace = Workspace::create()?;
        pki::create(&workspace)?;
        let kubeconfig = kubeconfig::for_user(
            &workspace,
            place.api_port,
            "admin",
            "admin",
            Some("system:masters"),
        )?;
        place.write(&workspace)?;
        Ok(Self {
            processes: Mutex::default(),
            workspace,
            kubeconfig,
            place: Some(place),
            options: options.clone(),
        })
    }

    fn start_api_server(&mut self) -> Result<()> {
        let mut process = self.launch("kube-apiserver", &self.site()?.api_server(&self.options))?;
        self.wait_for_api_server(&mut process)?;
        self.processes_mut().push(process);
        Ok(())
    }

    fn wait_for_api_server(&self, process: &mut Process) -> Result<()> {
        block_on(async { readiness::api_server(&self.connect().await?, process).await })
    }

    fn start_controllers(&mut self) -> Result<()> {
        if !self.options.controllers {
            return Ok(());
        }
        let site = self.site()?;
        let manager = self.launch("kube-controller-manager", &site.controller_manager()?)?;
        let scheduler = self.launch("kube-scheduler", &site.scheduler()?)?;
        let mut kwok = self.launch("kwok", &site.kwok()?)?;
        let nodes = self.options.nodes;
        block_on(async {
            let client = self.connect().await?;
            readiness::nodes(&client, nodes, &mut kwok).await?;
            readiness::default_service_account(&client, "default").await
        })?;
        self.processes_mut().extend([manager, scheduler, kwok]);
        Ok(())
    }

    fn launch(&self, name: &str, command: &[String]) -> Result<Process> {
        Process::start(name, command, &self.workspace.log(name))
    }

    /// Uses a control plane that another process of this test run keeps.
    fn attach(directory: PathBuf) -> Result<Self> {
        let workspace = Workspace::open(directory);
        let place = Place::read(&workspace)?;
        Ok(Self {
            processes: Mutex::default(),
            kubeconfig: workspace.kubeconfig("admin"),
            workspace,
            place: Some(place),
            options: Options::default(),
        })
    }

    fn explicit(kubeconfig: PathBuf) -> Result<Self> {
        let workspace = Workspace::create()?;
        Ok(Self {
            processes: Mutex::default(),
            workspace,
            kubeconfig,
            place: None,
            options: Options::default(),
        })
    }

    /// The directory to hand to other processes of the same test run as `GLOPS_TEST_CONTROL_PLANE`.
    pub fn directory(&self) -> &Path {
        self.workspace.root()
    }

    /// The kubeconfig of a cluster administrator.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The programs it runs, for a test or a demo that needs kubectl.
    pub fn programs(&self) -> Result<&Programs> {
        Ok(&self.place()?.programs)
    }

    /// The API server's address.
    pub fn url(&self) -> Result<String> {
        Ok(format!("https://127.0.0.1:{}", self.place()?.api_port))
    }

    /// A client with an administrator's rights.
    pub async fn client(&self) -> kube::Client {
        match self.connect().await {
            Ok(client) => client,
            Err(error) => panic!("no client for the control plane: {error:#}"),
        }
    }

    pub(crate) async fn connect(&self) -> Result<kube::Client> {
        kubeconfig::client(&self.kubeconfig).await
    }

    /// Whether the cluster was named by `GLOPS_TEST_KUBECONFIG` and outlives the tests.
    pub(crate) fn outlives_tests(&self) -> bool {
        self.place.is_none()
    }

    pub(crate) fn runs_controllers(&self) -> bool {
        self.options.controllers
    }

    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    pub(crate) fn api_port(&self) -> Result<u16> {
        Ok(self.place()?.api_port)
    }

    /// The process ids of the control plane's programs that this value started.
    pub fn process_ids(&self) -> Vec<(String, u32)> {
        let processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        processes
            .iter()
            .map(|process| (process.name().to_owned(), process.id()))
            .collect()
    }

    /// Ends the API server as a failure would; requests are refused until [`Self::start_api_server_again`].
    pub fn kill_api_server(&self) -> Result<()> {
        let mut processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(index) = processes
            .iter()
            .position(|process| process.name() == "kube-apiserver")
        else {
            bail!("only who started a control plane may stop its API server: use ControlPlane::isolated");
        };
        processes.remove(index).kill()?;
        Ok(())
    }

    /// Starts the API server again on the same port with the same data, and waits until it is ready.
    pub fn start_api_server_again(&self) -> Result<()> {
        let mut process = self.launch("kube-apiserver", &self.site()?.api_server(&self.options))?;
        self.wait_for_api_server(&mut process)?;
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(process);
        Ok(())
    }

    /// Ends the API server, leaves it gone for `pause` and starts it again.
    pub fn restart_api_server(&self, pause: Duration) -> Result<()> {
        self.kill_api_server()?;
        thread::sleep(pause);
        self.start_api_server_again()
    }

    fn place(&self) -> Result<&Place> {
        self.place
            .as_ref()
            .ok_or_else(|| anyhow!("the cluster of {} is not ours to steer", settings::KUBECONFIG))
    }

    fn site(&self) -> Result<Site<'_>> {
        Ok(Site {
            workspace: &self.workspace,
            place: self.place()?,
        })
    }

    fn processes_mut(&mut self) -> &mut Vec<Process> {
        self.processes.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tries again when somebody else took a port between its choice and its use.
fn with_other_ports<T>(start: impl Fn() -> Result<T>) -> Result<T> {
    let mut attempt = 1;
    loop {
        match start() {
            Err(error) if attempt < 3 && format!("{error:#}").contains("address already in use") => {
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Runs `work` to its end on a thread of its own, so that it may be called from within a runtime too.
pub(crate) fn block_on<T: Send>(work: impl Future<Output = Result<T>> + Send) -> Result<T> {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.context("failed to start a runtime")?.block_on(work)
    };
    thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|_| Err(anyhow!("the control plane's helper panicked")))
}
