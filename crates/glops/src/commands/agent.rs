use clap::Subcommand;
use rpc::{
    client::Connection,
    glops::admin::v1::{
        Agent, AgentSelector, CreateAgentRequest, CreateTokenRequest, ListAgentsRequest, RevokeAgentRequest,
        RevokeTokenRequest, ShowAgentRequest, agents_client::AgentsClient,
    },
};
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    error::{Exit, Result},
    kas::{KasArgs, refused},
    print::{json::lines, table::table, time},
    ui::Ui,
};

/// Administer the agents of a stand-alone kas.
#[derive(clap::Args, Debug)]
pub(crate) struct AgentArgs {
    #[command(subcommand)]
    action: AgentAction,
    #[command(flatten)]
    kas: KasArgs,
}

#[derive(Debug, Subcommand)]
enum AgentAction {
    /// Register an agent and print its token, which is shown once and never again.
    Create {
        /// Name of the agent: its configuration is .gitlab/agents/NAME/config.yaml.
        name: String,
        /// Project that holds its configuration, as kas names it.
        #[arg(long, env = "GLOPS_PROJECT", value_name = "PROJECT")]
        project: String,
    },
    /// List the agents.
    List {
        /// Also those that were revoked.
        #[arg(long)]
        all: bool,
    },
    /// Show one agent with its tokens and connections.
    Show(Selector),
    /// Make another token for an agent, to replace one without a break; it is shown once.
    Token {
        #[command(flatten)]
        agent: Selector,
        /// What the token is for.
        #[arg(long, default_value = "default", value_name = "NAME")]
        token_name: String,
    },
    /// Revoke an agent, or one of its tokens, at once: its open connections end.
    Revoke {
        #[command(flatten)]
        agent: Selector,
        /// Revoke this token alone, by its number.
        #[arg(long, value_name = "NUMBER")]
        token: Option<i64>,
    },
}

#[derive(clap::Args, Debug)]
struct Selector {
    /// Name of the agent.
    name: String,
    /// Project of its configuration, when two agents have one name.
    #[arg(long, default_value = "", value_name = "PROJECT")]
    project: String,
}

impl Selector {
    fn request(&self) -> AgentSelector {
        AgentSelector {
            name: self.name.clone(),
            project_id: self.project.clone(),
            ..AgentSelector::default()
        }
    }
}

pub(crate) async fn run(ui: &Ui, global: &GlobalArgs, args: &AgentArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let mut client = AgentsClient::new(args.kas.connect()?);
    let text = match &args.action {
        AgentAction::Create { name, project } => create(&mut client, name, project, output, ui).await?,
        AgentAction::List { all } => list(&mut client, *all, output).await?,
        AgentAction::Show(agent) => show(&mut client, agent, output).await?,
        AgentAction::Token { agent, token_name } => token(&mut client, agent, token_name, output, ui).await?,
        AgentAction::Revoke { agent, token: None } => revoke(&mut client, agent).await?,
        AgentAction::Revoke {
            agent,
            token: Some(token),
        } => revoke_token(&mut client, agent, *token).await?,
    };
    ui.data(text)?;
    Ok(Exit::Done)
}

type Client = AgentsClient<Connection>;

/// On stdout there is the token alone, so that it can go into a file or a Secret without being seen.
async fn create(client: &mut Client, name: &str, project: &str, output: Output, ui: &Ui) -> Result<String> {
    let request = CreateAgentRequest {
        name: name.to_owned(),
        project_id: project.to_owned(),
        token_name: String::new(),
    };
    let created = client.create_agent(request).await;
    let created = created
        .map_err(|status| refused(&format!("failed to create agent {name}"), &status))?
        .into_inner();
    let id = created.agent.as_ref().map_or(0, |agent| agent.id);
    ui.status(&format!(
        "agent {name} created with number {id}; its token follows and is not shown again"
    ));
    Ok(match output {
        Output::Json => lines([json!({"agent": created.agent.as_ref().map(record), "token": created.token})]),
        _ => format!("{}\n", created.token),
    })
}

async fn list(client: &mut Client, all: bool, output: Output) -> Result<String> {
    let listed = client
        .list_agents(ListAgentsRequest { include_revoked: all })
        .await;
    let agents = listed
        .map_err(|status| refused("failed to list agents", &status))?
        .into_inner()
        .agents;
    Ok(match output {
        Output::Json => lines(agents.iter().map(record)),
        _ => table(
            ["NUMBER", "NAME", "PROJECT", "CONNECTED", "LAST SEEN"],
            agents.iter().map(row),
        ),
    })
}

async fn show(client: &mut Client, agent: &Selector, output: Output) -> Result<String> {
    let shown = client
        .show_agent(ShowAgentRequest {
            agent: Some(agent.request()),
        })
        .await;
    let shown = shown
        .map_err(|status| refused(&format!("failed to show agent {}", agent.name), &status))?
        .into_inner();
    let agent = shown.agent.unwrap_or_default();
    if output == Output::Json {
        return Ok(lines([record(&agent)]));
    }
    let mut text = table(
        ["NUMBER", "NAME", "PROJECT", "CONNECTED", "LAST SEEN"],
        [row(&agent)],
    );
    let tokens = agent.tokens.iter().map(|token| {
        [
            token.id.to_string(),
            token.name.clone(),
            time::ago(token.last_used_at),
            time::ago(token.revoked_at),
        ]
    });
    text.push('\n');
    text.push_str(&table(["TOKEN", "NAME", "LAST USED", "REVOKED"], tokens));
    Ok(text)
}

async fn token(client: &mut Client, agent: &Selector, name: &str, output: Output, ui: &Ui) -> Result<String> {
    let made = client
        .create_token(CreateTokenRequest {
            agent: Some(agent.request()),
            name: name.to_owned(),
        })
        .await;
    let what = format!("failed to make a token for agent {}", agent.name);
    let made = made.map_err(|status| refused(&what, &status))?.into_inner();
    let id = made.token.as_ref().map_or(0, |token| token.id);
    ui.status(&format!(
        "token {id} of agent {} follows and is not shown again",
        agent.name
    ));
    Ok(match output {
        Output::Json => lines([json!({"id": id, "token": made.secret})]),
        _ => format!("{}\n", made.secret),
    })
}

async fn revoke(client: &mut Client, agent: &Selector) -> Result<String> {
    let revoked = client
        .revoke_agent(RevokeAgentRequest {
            agent: Some(agent.request()),
        })
        .await;
    revoked.map_err(|status| refused(&format!("failed to revoke agent {}", agent.name), &status))?;
    Ok(format!("agent {} revoked\n", agent.name))
}

async fn revoke_token(client: &mut Client, agent: &Selector, token: i64) -> Result<String> {
    let revoked = client.revoke_token(RevokeTokenRequest { token_id: token }).await;
    revoked.map_err(|status| {
        refused(
            &format!("failed to revoke token {token} of agent {}", agent.name),
            &status,
        )
    })?;
    Ok(format!("token {token} of agent {} revoked\n", agent.name))
}

fn row(agent: &Agent) -> [String; 5] {
    let connected = match (agent.revoked_at.is_some(), agent.connections.len()) {
        (true, _) => "revoked".to_owned(),
        (false, 0) => "no".to_owned(),
        (false, 1) => "1 pod".to_owned(),
        (false, pods) => format!("{pods} pods"),
    };
    [
        agent.id.to_string(),
        agent.name.clone(),
        agent.project_id.clone(),
        connected,
        time::ago(agent.last_seen_at),
    ]
}

fn record(agent: &Agent) -> Value {
    json!({
        "id": agent.id,
        "name": agent.name,
        "project": agent.project_id,
        "createdAt": time::rfc3339(agent.created_at),
        "revokedAt": time::rfc3339(agent.revoked_at),
        "lastSeenAt": time::rfc3339(agent.last_seen_at),
        "connections": agent.connections.len(),
        "tokens": agent.tokens.iter().map(|token| json!({
            "id": token.id,
            "name": token.name,
            "lastUsedAt": time::rfc3339(token.last_used_at),
            "revokedAt": time::rfc3339(token.revoked_at),
        })).collect::<Vec<_>>(),
    })
}
