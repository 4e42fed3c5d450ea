use crate::{
    context::Cx,
    error::Result,
    fieldspec::{Config, Tables},
    reference::VarSet,
    resmap::ResMap,
};

/// What a target has gathered so far.
#[derive(Default)]
pub(crate) struct Accumulator {
    pub(crate) map: ResMap,
    config: Option<Config>,
    pub(crate) vars: VarSet,
}

impl Accumulator {
    /// Takes in everything that another one gathered.
    pub(super) fn merge(&mut self, other: Self, cx: &Cx<'_>) -> Result<()> {
        self.map.append_all(other.map.into_list(), &cx.schemas)?;
        if let Some(config) = &other.config {
            self.merge_config(config, cx)?;
        }
        self.vars.merge(other.vars)
    }

    pub(super) fn merge_config(&mut self, config: &Config, cx: &Cx<'_>) -> Result<()> {
        self.config = Some(match self.config.take() {
            None => config.clone().normal(cx)?,
            Some(own) => own.merged(config)?,
        });
        Ok(())
    }

    pub(super) fn add_tables(&mut self, tables: &Tables, cx: &Cx<'_>) -> Result<()> {
        let config = self.config.take().unwrap_or_else(|| cx.built_in.clone());
        self.config = Some(config.with(tables)?);
        Ok(())
    }

    /// The tables in force.
    pub(crate) fn config(&self, cx: &Cx<'_>) -> Config {
        self.config.clone().unwrap_or_else(|| cx.built_in.clone())
    }
}
