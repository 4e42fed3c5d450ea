//! What users have today, at the same work. The drivers are built elsewhere; each prints lines of JSON with the figures of
//! its phases, and reads the workload's size, the step and the control plane's directory in the same way.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::ControlPlane;

use super::programs::{Programs, lines, server_cpu};
use super::record::Records;
use super::{fresh, pause};

const NAMESPACES: &str = "10";
const ARGO_CD: &str = "Argo CD";

/// The steps of a peer, as its driver names them, and as they are called here.
type Steps = &'static [(&'static str, &'static str)];

/// How a step of a peer is run: what its phases printed.
type Call = fn(&Run<'_>, &str) -> Result<Vec<Value>>;

const COLD: Steps = &[
    ("create", "create"),
    ("noop", "no-op, cold"),
    ("change", "change of 10, cold"),
    ("drift", "drift of 10, cold"),
    ("diff", "diff, exact"),
    ("prune", "prune of 100, cold"),
    ("delete", "delete of 910"),
];

/// kubectl without its alpha pruning: what has left Git stays.
const NO_PRUNE: Steps = &[
    ("create", "create"),
    ("noop", "no-op, cold"),
    ("change", "change of 10, cold"),
    ("drift", "drift of 10, cold"),
    ("diff", "diff, exact"),
    ("delete", "delete of 910"),
];

/// Argo CD's engine lives on its cache: that it is filled is not measured.
const WARM: Steps = &[
    ("create", "create"),
    ("noop", "no-op, warm"),
    ("change", "change of 10, warm"),
    ("drift", "drift of 10, warm"),
    ("prune", "prune of 100, warm"),
    ("delete", "delete of 910"),
];

/// The least that any engine must ask: one request per object, nothing else.
const FLOOR: Steps = &[
    ("apply create", "create"),
    ("apply no-op", "no-op, cold"),
    ("apply dry-run, 10 changed", "diff, exact"),
    ("delete", "delete of 910"),
];

/// The directory of the drivers.
#[derive(Debug)]
pub(super) struct Peers(PathBuf);

impl Peers {
    pub(super) fn find(directory: &Path) -> Result<Self> {
        ensure!(
            directory.join("gen").is_file(),
            "{} holds no drivers of peers",
            directory.display()
        );
        Ok(Self(directory.to_path_buf()))
    }

    /// Every step of every peer that is there, each peer on a control plane of its own.
    pub(super) fn steps(&self, programs: &Programs, objects: u32, records: &mut Records) -> Result<()> {
        let objects = objects.to_string();
        let peers: [(&str, &str, Steps, Call); 3] = [
            ("peer-flux", "Flux", COLD, |run, step| {
                run.driver("peer-flux", step, &[])
            }),
            ("peer-kubectl", "kubectl", NO_PRUNE, |run, step| run.kubectl(step)),
            ("peer-argo", ARGO_CD, WARM, |run, step| run.argo(step)),
        ];
        for (driver, who, steps, call) in peers {
            if !self.0.join(driver).is_file() {
                continue;
            }
            let run = Run::start(self, programs, &objects)?;
            for (step, measured) in steps {
                run.step(who, step, measured, call, records)?;
            }
        }
        if self.0.join("peer-raw").is_file() {
            for (order, who) in [("mixed", "floor, mixed"), ("last", "floor, Deployments last")] {
                Run::start(self, programs, &objects)?.floor(order, who, records)?;
            }
        }
        Ok(())
    }

    /// The caches of those that have one.
    pub(super) fn caches(&self, plane: &ControlPlane, objects: &str, records: &mut Records) -> Result<()> {
        for (driver, mode, who) in [
            ("peer-flux", "", "controller-runtime"),
            ("peer-argo", "", ARGO_CD),
            ("peer-argo", "refs", "Argo CD, references alone"),
        ] {
            if !self.0.join(driver).is_file() {
                continue;
            }
            let mut command = self.command(driver, plane);
            command.args(["-step", "cache", "-n", objects, "-mode", mode]);
            let results = lines(&mut command)?;
            if let Some(settled) = results.iter().find(|result| result["phase"] == "settled") {
                records.add(who, "cache", &json!({"resident_mib": settled["rss_mib"]}));
            }
        }
        Ok(())
    }

    fn command(&self, driver: &str, plane: &ControlPlane) -> Command {
        let mut command = Command::new(self.0.join(driver));
        command
            .env("KUBECONFIG", plane.kubeconfig())
            .env("CP_DATA", plane.directory());
        command
    }
}

/// One peer on its control plane.
struct Run<'a> {
    peers: &'a Peers,
    programs: &'a Programs,
    objects: &'a str,
    plane: ControlPlane,
    files: TempDir,
}

impl<'a> Run<'a> {
    fn start(peers: &'a Peers, programs: &'a Programs, objects: &'a str) -> Result<Self> {
        Ok(Self {
            peers,
            programs,
            objects,
            plane: fresh()?,
            files: tempfile::tempdir().context("failed to create a directory")?,
        })
    }

    fn step(
        &self,
        who: &str,
        step: &str,
        measured: &str,
        call: impl Fn(&Self, &str) -> Result<Vec<Value>>,
        records: &mut Records,
    ) -> Result<()> {
        if step == "drift" {
            self.programs
                .step(&self.plane, &["edit", "--objects", self.objects])?;
        }
        let before = server_cpu(&self.plane);
        let phases = call(self, step)?;
        let server_cpu = server_cpu(&self.plane) - before;
        let sum = |figure: &str| -> f64 { phases.iter().filter_map(|phase| phase[figure].as_f64()).sum() };
        let peaks = phases.iter().filter_map(|phase| phase["peak_mib"].as_f64());
        let mut figures = json!({
            "wall": sum("wall"),
            "cpu": sum("user") + sum("sys"),
            "peak_mib": peaks.fold(0.0, f64::max),
            "server_cpu": server_cpu,
        });
        // it applies by clients of its own making, which its driver cannot count
        if who != ARGO_CD {
            figures["requests"] = sum("requests").into();
        }
        records.add(who, measured, &figures);
        pause();
        Ok(())
    }

    /// Runs a driver; what it did before the work began (discovery, filling a cache) is left out.
    fn driver(&self, driver: &str, step: &str, more: &[&str]) -> Result<Vec<Value>> {
        let mut command = self.peers.command(driver, &self.plane);
        command.args(["-step", step]).args(self.size()).args(more);
        let phases = lines(&mut command)?;
        let is_work = |phase: &Value| phase["phase"] == "op" || phase["phase"] == "compare";
        Ok(phases.into_iter().filter(is_work).collect())
    }

    fn size(&self) -> [String; 6] {
        let state = self.files.path().join("state").display().to_string();
        ["-n", self.objects, "-ns", NAMESPACES, "-state", &state].map(str::to_owned)
    }

    fn kubectl(&self, step: &str) -> Result<Vec<Value>> {
        let file = self.files.path().join("objects.yaml");
        let output = File::create(&file).context("failed to create a file")?;
        let mut generate = self.peers.command("gen", &self.plane);
        generate
            .args(["-step", step])
            .args(self.size())
            .stdout(Stdio::from(output));
        ensure!(
            generate.status().context("failed to run gen")?.success(),
            "gen failed"
        );
        let file = file.display().to_string();
        let mut arguments = match step {
            "diff" => vec!["--", "diff", "--server-side", "--force-conflicts"],
            "delete" => vec!["--", "delete", "--wait=false"],
            _ => vec![
                "--",
                "apply",
                "--server-side",
                "--force-conflicts",
                "--field-manager=kubectl",
            ],
        };
        arguments.extend(["-f", &file]);
        self.driver("peer-kubectl", step, &arguments)
    }

    /// With its default validation it needs 100 ms of processor time for each object; measured at its best.
    fn argo(&self, step: &str) -> Result<Vec<Value>> {
        let mode = if step == "create" {
            "novalidate"
        } else {
            "outofsync"
        };
        self.driver("peer-argo", step, &["-mode", mode])
    }

    fn floor(&self, order: &str, who: &str, records: &mut Records) -> Result<()> {
        let url = self.plane.url()?;
        let port = url.rsplit(':').next().unwrap_or_default();
        // the driver finds the API server's process by a file
        let ids = self.plane.directory().join("pids");
        fs::create_dir_all(&ids).context("failed to create a directory")?;
        for (name, id) in self.plane.process_ids() {
            fs::write(ids.join(name), id.to_string()).context("failed to write a file")?;
        }
        let mut command = self.peers.command("peer-raw", &self.plane);
        command.args([
            "apply",
            "-n",
            self.objects,
            "-ns",
            NAMESPACES,
            "-order",
            order,
            "-port",
            port,
        ]);
        let results = lines(&mut command)?;
        let available = results.iter().find(|result| result["step"] == "available");
        for (step, measured) in FLOOR {
            let Some(result) = results.iter().find(|result| result["step"] == *step) else {
                continue;
            };
            let cpu = [&result["user"], &result["sys"]]
                .into_iter()
                .filter_map(Value::as_f64)
                .sum::<f64>();
            let mut figures = json!({
                "wall": result["wall"],
                "cpu": cpu,
                "peak_mib": result["peak_mib"],
                "requests": result["n"],
                "server_cpu": result["apiserver_cpu"],
            });
            if *measured == "create" {
                figures["available"] = available.map(|found| found["since_start_s"].clone()).into();
            }
            records.add(who, measured, &figures);
        }
        Ok(())
    }
}
