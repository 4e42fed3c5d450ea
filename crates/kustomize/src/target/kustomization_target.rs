use std::rc::Rc;

use super::{accumulator::Accumulator, asked::Asked, builtin, plugins};
use crate::{
    context::Cx,
    error::{Context as _, Error, Reason, Result, fail},
    fieldspec::{Tables, from_crds, from_file},
    kustomization::{COMPONENT, FILE_NAMES, Kustomization, parse},
    loader::Loader,
    origin::{ORIGIN, Origin},
    place::SourceFile,
    resource::{self, Resource},
};

const MAX_DEPTH: usize = 100;

/// A kustomization that is being built.
pub(crate) struct Target {
    pub(super) kustomization: Kustomization,
    pub(super) file: SourceFile,
    pub(super) loader: Rc<Loader>,
    /// Where this target was found, if anybody wants to know.
    pub(super) origin: Option<Origin>,
    /// The namespace of the nearest kustomization above that has one.
    pub(super) outer_namespace: String,
    depth: usize,
}

impl Target {
    /// The kustomization in the loader's directory.
    pub(crate) fn load(loader: Rc<Loader>, cx: &Cx<'_>) -> Result<Self> {
        let (text, file_name) = read(&loader, cx)?;
        let (kustomization, warnings) =
            parse(&text, loader.root()).map_err(|error| error.in_text(&text, || loader.shown(file_name)))?;
        cx.warn(warnings);
        Ok(Self {
            kustomization,
            file: SourceFile::new(&loader, file_name),
            loader,
            origin: None,
            outer_namespace: String::new(),
            depth: 0,
        })
    }

    pub(crate) fn kustomization(&self) -> &Kustomization {
        &self.kustomization
    }

    /// Starts to note where things come from, if the kustomization asks for anything of that.
    pub(crate) fn track_origins(&mut self) {
        self.origin = (!self.kustomization.build_metadata.is_empty()).then(Origin::default);
    }

    /// Takes the kustomization's choice of a schema into account.
    pub(crate) fn choose_schema(&self, is_root: bool, cx: &Cx<'_>) -> Result<()> {
        let openapi = &self.kustomization.openapi;
        let choose = || {
            let path = openapi.get("path");
            let file = path.map(|path| self.loader.load(path, cx));
            let file = file.transpose().under("path")?;
            let chosen = cx.schemas.choose(openapi, file.as_deref(), is_root);
            chosen.map_err(|error| match (path, error.place()) {
                (Some(path), Some(_)) => error.in_file(|| self.loader.shown(path)),
                _ => error,
            })
        };
        choose().under("openapi").map_err(|error| self.located(error, cx))
    }

    /// Builds the target on top of what was gathered before: nothing, unless it is a component.
    pub(crate) fn accumulate(&mut self, before: Accumulator, cx: &Cx<'_>) -> Result<Accumulator> {
        self.gather(before, cx).map_err(|error| self.located(error, cx))
    }

    /// The same failure, with the place in the kustomization file, unless it is known to be of another.
    pub(crate) fn located(&self, error: Error, cx: &Cx<'_>) -> Error {
        self.file.locate(error, cx)
    }

    fn gather(&mut self, before: Accumulator, cx: &Cx<'_>) -> Result<Accumulator> {
        let mut gathered = before;
        let resources = std::mem::take(&mut self.kustomization.resources);
        self.add_resources(&mut gathered, &resources, cx)
            .context(|| "accumulating resources".into())
            .under("resources")?;
        self.add_configurations(&mut gathered, cx)?;
        self.run_generators(&mut gathered, cx)?;
        let components = std::mem::take(&mut self.kustomization.components);
        gathered = self
            .add_components(gathered, &components, cx)
            .context(|| "accumulating components".into())
            .under("components")?;
        self.run_transformers(&mut gathered, cx)?;
        self.run_validators(&mut gathered, cx)?;
        let Accumulator { map, vars, .. } = &mut gathered;
        vars.declare(&self.kustomization.vars, &self.file, map, cx)
            .context(|| "merging vars".into())
            .under("vars")?;
        Ok(gathered)
    }

    /// Files and other kustomizations; which of them a path is, is found out by trying.
    pub(super) fn add_resources(
        &self,
        gathered: &mut Accumulator,
        paths: &[String],
        cx: &Cx<'_>,
    ) -> Result<()> {
        for (index, path) in paths.iter().enumerate() {
            self.add_resource(gathered, path, cx).under(index)?;
        }
        Ok(())
    }

    fn add_resource(&self, gathered: &mut Accumulator, path: &str, cx: &Cx<'_>) -> Result<()> {
        let Err(no_file) = self.add_file(gathered, path, cx) else {
            return Ok(());
        };
        if *no_file.reason() == Reason::Http {
            return Err(no_file);
        }
        let context = || format!("accumulation err='{no_file}'");
        let loader = match self.loader.descend(path, cx) {
            Ok(loader) => loader,
            Err(_) if *no_file.reason() == Reason::MalformedYaml => return Err(no_file),
            Err(error) => return Err(error.within(context()).caused_as(&no_file)),
        };
        let base = self
            .add_directory(Accumulator::default(), loader, path, false, cx)
            .context(context)?;
        gathered
            .merge(base.0, cx)
            .context(|| format!("recursed merging from path '{}'", base.1))
            .context(context)
    }

    fn add_file(&self, gathered: &mut Accumulator, path: &str, cx: &Cx<'_>) -> Result<()> {
        let mut resources = self
            .read_resources(path, cx)
            .context(|| format!("accumulating resources from '{path}'"))?;
        if let Some(origin) = &self.origin {
            let origin = origin.append(path).text();
            for resource in &mut resources {
                resource.set_annotation(ORIGIN, &origin);
            }
        }
        gathered
            .map
            .append_all(resources, &cx.schemas)
            .context(|| format!("merging resources from '{path}'"))
    }

    fn read_resources(&self, path: &str, cx: &Cx<'_>) -> Result<Vec<Resource>> {
        let text = self.loader.load(path, cx)?;
        let nodes = resource::parse(&text)
            .map_err(|error| resource::parse_file_error(error, path).in_file(|| self.loader.shown(path)))?;
        let mut map = crate::resmap::ResMap::default();
        map.append_all(nodes.into_iter().map(Resource::from).collect(), &cx.schemas)?;
        Ok(map.into_list())
    }

    fn add_components(&self, gathered: Accumulator, paths: &[String], cx: &Cx<'_>) -> Result<Accumulator> {
        paths
            .iter()
            .enumerate()
            .try_fold(gathered, |gathered, (index, path)| {
                self.add_component(gathered, path, cx).under(index)
            })
    }

    fn add_component(&self, before: Accumulator, path: &str, cx: &Cx<'_>) -> Result<Accumulator> {
        let quoted = |words: &str, error: Error| {
            error.reworded(|message| format!("{words}{}", crate::goquote::quote(message)))
        };
        let loader = self
            .loader
            .descend(path, cx)
            .map_err(|error| quoted("loader.New ", error))?;
        let (component, root) = self
            .add_directory(before, loader, path, true, cx)
            .map_err(|error| quoted("accumulateDirectory: ", error))?;
        let mut gathered = Accumulator::default();
        gathered
            .merge(component, cx)
            .context(|| format!("recursed merging from path '{root}'"))
            .map_err(|error| quoted("accumulateDirectory: ", error))?;
        Ok(gathered)
    }

    /// Builds another kustomization on top of `before`; gives its directory too.
    fn add_directory(
        &self,
        before: Accumulator,
        loader: Rc<Loader>,
        path: &str,
        is_component: bool,
        cx: &Cx<'_>,
    ) -> Result<(Accumulator, String)> {
        let root = loader.root().to_owned();
        if self.depth >= MAX_DEPTH {
            fail!("kustomization '{root}' is nested more than {MAX_DEPTH} levels deep");
        }
        let mut target =
            Self::load(loader, cx).context(|| format!("couldn't make target for path '{root}'"))?;
        target.depth = self.depth + 1;
        target
            .kustomization
            .build_metadata
            .clone_from(&self.kustomization.build_metadata);
        target.origin = self.origin.as_ref().map(|origin| origin.append(path));
        target.outer_namespace = if self.kustomization.namespace.is_empty() {
            self.outer_namespace.clone()
        } else {
            self.kustomization.namespace.clone()
        };
        target.choose_schema(false, cx)?;
        let kind = &target.kustomization.kind;
        if is_component && kind != COMPONENT {
            fail!("expected kind '{COMPONENT}' for path '{root}' but got '{kind}'");
        }
        if !is_component && kind == COMPONENT {
            fail!("expected kind != '{COMPONENT}' for path '{root}'");
        }
        let gathered = target
            .accumulate(before, cx)
            .context(|| format!("recursed accumulation of path '{root}'"))?;
        Ok((gathered, root))
    }

    fn add_configurations(&self, gathered: &mut Accumulator, cx: &Cx<'_>) -> Result<()> {
        let mut config = cx.built_in.clone();
        for (index, path) in self.kustomization.configurations.iter().enumerate() {
            let tables = self.tables(path, from_file, cx);
            let added = tables.and_then(|tables| config.with(&tables));
            config = added.under(index).under("configurations")?;
        }
        gathered
            .merge_config(&config, cx)
            .context(|| "merging config".into())
            .under("configurations")?;
        let crds = &self.kustomization.crds;
        for (index, path) in crds.iter().enumerate() {
            let tables = self
                .tables(path, |text| from_crds(text, path), cx)
                .context(|| format!("loading CRDs [{}]", crds.join(" ")));
            let added =
                tables.and_then(|tables| gathered.add_tables(&tables, cx).context(|| "merging CRDs".into()));
            added.under(index).under("crds")?;
        }
        Ok(())
    }

    fn tables(&self, path: &str, read: impl Fn(&[u8]) -> Result<Tables>, cx: &Cx<'_>) -> Result<Tables> {
        let text = self.loader.load(path, cx)?;
        read(&text).map_err(|error| error.in_text(&text, || self.loader.shown(path)))
    }

    fn run_generators(&self, gathered: &mut Accumulator, cx: &Cx<'_>) -> Result<()> {
        let mut generators = builtin::generators(self, cx)?;
        generators.extend(plugins::generators(self, cx).context(|| "loading generator plugins".into())?);
        for Asked { plugin, origin, by } in generators {
            let mut resources = by.blamed(plugin.generate(&self.loader, cx))?;
            if let Some(origin) = origin {
                for resource in &mut resources {
                    if resource.annotation(ORIGIN).is_none() {
                        resource.set_annotation(ORIGIN, &origin.text());
                    }
                }
            }
            let absorbed = gathered.map.absorb_all(resources, &cx.schemas);
            by.blamed(absorbed.context(|| "merging from generator".into()))?;
        }
        Ok(())
    }

    fn run_transformers(&self, gathered: &mut Accumulator, cx: &Cx<'_>) -> Result<()> {
        let config = gathered.config(cx);
        let mut transformers = builtin::transformers(self, config.tables(), cx)?;
        transformers.extend(plugins::transformers(
            self,
            ("transformers", &self.kustomization.transformers),
            cx,
        )?);
        for Asked { plugin, origin, by } in transformers {
            by.blamed(plugin.transform(&mut gathered.map, cx))?;
            if let Some(origin) = origin {
                for resource in gathered.map.list_mut_same_ids() {
                    origin.note_in(resource);
                }
            }
            gathered.map.drop_empty();
        }
        Ok(())
    }

    fn run_validators(&self, gathered: &mut Accumulator, cx: &Cx<'_>) -> Result<()> {
        let validators = ("validators", &self.kustomization.validators[..]);
        for Asked { plugin, by, .. } in plugins::transformers(self, validators, cx)? {
            let before = gathered.map.clone();
            by.blamed(plugin.transform(&mut gathered.map, cx))?;
            if let Some(changed) = plugins::first_difference(&before, &gathered.map) {
                let problem =
                    format!("validator shouldn't modify the resource map: nodes unequal: {changed}");
                return by.blamed(Err(Error::new(problem)));
            }
        }
        Ok(())
    }
}

fn read(loader: &Loader, cx: &Cx<'_>) -> Result<(bytes::Bytes, &'static str)> {
    let mut found = FILE_NAMES
        .into_iter()
        .filter_map(|name| Some((loader.load(name, cx).ok()?, name)));
    match (found.next(), found.next()) {
        (Some(file), None) => Ok(file),
        (Some(_), Some((_, second))) => {
            let message = format!("Found multiple kustomization files under: {}\n", loader.root());
            Err(Error::new(message).in_file(|| loader.shown(second)))
        }
        (None, _) => fail!(
            "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'",
            loader.root()
        ),
    }
}
