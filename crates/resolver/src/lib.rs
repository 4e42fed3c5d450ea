//! What a render needs from elsewhere: remote bases and files for kustomize, charts for helm and for kustomize.
//!
//! A [`Resolver`] answers the traits that the renderers leave open. It fetches from Git, by HTTPS, from chart
//! repositories and from OCI registries, and keeps what it got in a [cache](cache) of its own by commit or digest;
//! nothing is ever written beside the manifests. Which [hosts](Hosts) may be reached, how much may come and how long
//! it may take is decided by whoever makes one. Names that can change (branches, tags, version ranges) are asked for
//! once for each resolver, so that two renders by one resolver see the same.
//!
//! It runs no program but `ssh`, for bases by SSH: credentials that a Docker credential helper keeps are refused with
//! an error that says so. Everything blocks; callers with an event loop move it to threads of its own.
//!
//! This crate knows no cluster and renders nothing.

mod bases;
mod cache;
mod charts;
mod credentials;
mod digest;
mod error;
mod hosts;
mod http;
mod memo;
mod oci;
mod on_demand;
mod repository;
mod resolver;
mod settings;
mod versions;

pub use self::{
    credentials::{CredentialFiles, Credentials},
    digest::Digest,
    error::Error,
    hosts::Hosts,
    on_demand::OnDemand,
    resolver::Resolver,
    settings::{Limits, Settings},
};
