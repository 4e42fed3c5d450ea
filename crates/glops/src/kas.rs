//! From flags to a connection to a stand-alone kas, as its administrator.

use std::{fs, path::PathBuf};

use rpc::client::{Connection, Kas, KasAddress, Token};

use crate::error::{CommandError, Context as _, Result};

/// Where kas is and who asks.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Connection to kas")]
pub(crate) struct KasArgs {
    /// Where kas is: grpc://host:port, or grpcs://host:port with TLS.
    #[arg(long, env = "GLOPS_KAS_ADDRESS", value_name = "URL", global = true)]
    kas_address: Option<KasAddress>,
    /// File with the admin token that kas wrote at its first start.
    #[arg(long, env = "GLOPS_ADMIN_TOKEN_FILE", value_name = "FILE", global = true)]
    admin_token_file: Option<PathBuf>,
    /// PEM file with the authorities to trust for kas, besides those of the system.
    #[arg(long, env = "GLOPS_KAS_CA_CERT_FILE", value_name = "FILE", global = true)]
    kas_ca_cert_file: Option<PathBuf>,
    /// Name to expect in the certificate of kas, when it is not the host of its address.
    #[arg(long, env = "GLOPS_KAS_TLS_SERVER_NAME", value_name = "NAME", global = true)]
    kas_tls_server_name: Option<String>,
}

impl KasArgs {
    /// A connection that carries the admin token.
    pub(crate) fn connect(&self) -> Result<Connection> {
        let missing = |flag: &str, variable: &str| {
            CommandError::new(format!("{flag} is missing")).hint(format!("give {flag}, or set {variable}"))
        };
        let address = self
            .kas_address
            .clone()
            .ok_or_else(|| missing("--kas-address", "GLOPS_KAS_ADDRESS"))?;
        let file = self
            .admin_token_file
            .as_ref()
            .ok_or_else(|| missing("--admin-token-file", "GLOPS_ADMIN_TOKEN_FILE"))?;
        let text = fs::read_to_string(file)
            .context(format!("failed to read the admin token file {}", file.display()))?;
        let token = Token::new(&text).context("failed to use the admin token")?;
        let kas = Kas {
            address,
            ca: self.kas_ca_cert_file.clone(),
            tls_server_name: self.kas_tls_server_name.clone(),
            headers: Vec::new(),
        };
        Ok(rpc::client::open(&kas, &token, "glops")?)
    }
}

/// A refusal of kas as an error of a command.
pub(crate) fn refused(what: &str, status: &tonic::Status) -> CommandError {
    let error = CommandError {
        error: anyhow::anyhow!("{}", status.message()).context(what.to_owned()),
        hints: Vec::new(),
    };
    match status.code() {
        tonic::Code::Unauthenticated => error.hint("is this the admin token of this kas?"),
        tonic::Code::Unavailable => error.hint("is kas running, and is --kas-address right?"),
        tonic::Code::Unimplemented => {
            error.hint("only a stand-alone kas is administered by glops; with GitLab use its pages")
        }
        _ => error,
    }
}
