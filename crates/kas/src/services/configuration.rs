use rpc::glops::configuration::v1::{
    UpToDate, WatchRequest, WatchResponse, configuration_source_server::ConfigurationSource,
    watch_response::Event,
};
use tonic::{Request, Response, Status};

use super::{
    Context,
    feed::{ConfigurationFeed, News},
    stream::{self, Outgoing, Responses},
};

/// `glops.configuration.v1.ConfigurationSource`.
#[derive(Debug)]
pub(crate) struct ConfigurationService(pub(crate) Context);

#[tonic::async_trait]
impl ConfigurationSource for ConfigurationService {
    type WatchStream = Responses<WatchResponse>;

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let (session, life) = self.0.accept(&request)?;
        let (context, agent) = (self.0.clone(), session.agent.clone());
        let known = request.into_inner().known_commit_id;
        let work = |outgoing: Outgoing<WatchResponse>| async move {
            let _open = context.metrics.stream("configuration");
            let mut feed = match ConfigurationFeed::open(&context, agent, &known).await {
                Ok(feed) => feed,
                Err(problem) => {
                    send(&outgoing, Event::Problem(problem.into())).await?;
                    outgoing.over().await;
                    return Ok(());
                }
            };
            loop {
                let news = tokio::select! {
                    news = feed.next() => news,
                    () = outgoing.over() => return Ok(()),
                };
                match news {
                    None => return Ok(()),
                    Some(News::Configuration(wire)) => {
                        send(&outgoing, Event::Configuration(wire.configuration)).await?;
                    }
                    Some(News::Unchanged { commit_id }) => {
                        send(&outgoing, Event::UpToDate(UpToDate { commit_id })).await?;
                    }
                    Some(News::Problem(problem)) => send(&outgoing, Event::Problem(problem.into())).await?,
                }
            }
        };
        stream::open(session, life, work)
    }
}

async fn send(outgoing: &Outgoing<WatchResponse>, event: Event) -> Result<(), Status> {
    outgoing.send(WatchResponse { event: Some(event) }).await
}
