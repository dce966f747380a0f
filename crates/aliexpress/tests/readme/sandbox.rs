// What stands behind the examples of the README. They take it in by `include!`, in hidden lines, so that what a reader
// sees is a whole program and what runs is exactly that.

mod sandbox {
    use std::error::Error;
    use std::sync::Arc;
    use std::time::Duration;

    use aliexpress::{
        AppKey, AppSecret, AuthorizationCode, Client, Clock, GatewayUrl, SystemClock,
    };
    use aliexpress_sandbox::{PushFuture, PushRequest, PushSender, Sandbox, SandboxConfig};
    use serde_json::{Value, json};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;

    type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

    /// A message that has not come by then does not come: the example fails instead of hanging.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// A sandbox that answers in this process, and the people around it.
    pub struct World {
        base: String,
        http: reqwest::Client,
        sandbox: Sandbox,
        pushes: mpsc::UnboundedReceiver<PushRequest>,
    }

    /// Takes push messages as a shop's own route would.
    struct Shop(mpsc::UnboundedSender<PushRequest>);

    impl PushSender for Shop {
        fn send(&self, request: PushRequest) -> PushFuture<'_> {
            let taken = self.0.send(request);
            Box::pin(async move {
                taken
                    .map(|()| 200)
                    .map_err(|_| "nobody is there".to_owned())
            })
        }
    }

    impl World {
        /// Serves a sandbox on a free port, until the program ends. Clients and sandbox share the machine's clock.
        pub async fn start() -> Result<Self> {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let base = format!("http://{}", listener.local_addr()?);
            let config = SandboxConfig {
                base_url: base.clone(),
                push_url: Some("http://shop.invalid/push".to_owned()),
                ..SandboxConfig::default()
            };
            let sandbox = Sandbox::new(config, Arc::new(|| SystemClock.now().as_millisecond()), 1)?;
            let (sender, pushes) = mpsc::unbounded_channel();
            sandbox.set_push_sender(Arc::new(Shop(sender)));
            tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
            let http = reqwest::Client::builder().no_proxy().build()?;
            Ok(Self {
                base,
                http,
                sandbox,
                pushes,
            })
        }

        /// The gateway's address.
        pub fn gateway(&self) -> &str {
            &self.base
        }

        /// What a person does on the page of a sign-in: gives the state and the code that the browser comes back with.
        pub async fn consent(&self, page: &url::Url) -> Result<(String, String)> {
            let state = page.query_pairs().find(|(name, _)| name == "state");
            let state = state
                .ok_or("the page was opened without a state")?
                .1
                .into_owned();
            let answer = self.post("codes", json!({})).await?;
            let code = answer["code"].as_str().ok_or("no code")?.to_owned();
            Ok((state, code))
        }

        /// A client of the app.
        pub fn app(&self) -> Result<Client> {
            let (key, secret) = (
                AppKey::parse("500100")?,
                AppSecret::parse("sandbox-secret")?,
            );
            let client = Client::builder(key, secret).gateway(GatewayUrl::parse(&self.base)?);
            Ok(client.build()?)
        }

        /// A client that acts for the demo buyer.
        pub async fn account(&self) -> Result<Client> {
            let app = self.app()?;
            let page = app
                .oauth()
                .authorize_url(&"https://shop.example/callback".parse()?, "state");
            let (_, code) = self.consent(&page).await?;
            let pair = app.oauth().create(&AuthorizationCode::new(code)).await?;
            Ok(app.with_access_token(pair.access_token))
        }

        /// A folder that goes away with its handle.
        pub fn folder(&self) -> Result<tempfile::TempDir> {
            Ok(tempfile::tempdir()?)
        }

        /// Lets time pass for the sandbox: the tokens it gave run out.
        pub fn advance_days(&self, days: i64) {
            self.sandbox.clock().advance(days * 86_400);
        }

        /// The next push message about an order whose body says this.
        pub async fn push(&mut self, words: &str) -> Result<PushRequest> {
            loop {
                let push = tokio::time::timeout(PATIENCE, self.pushes.recv()).await?;
                let push = push.ok_or("no more messages")?;
                if push.body.contains(words) {
                    return Ok(push);
                }
            }
        }

        /// How many calls of a method the sandbox has seen.
        pub async fn seen(&self, method: &str) -> Result<usize> {
            let journal = self
                .get(&format!("journal?limit=1000&api={method}"))
                .await?;
            Ok(journal["entries"].as_array().ok_or("no entries")?.len())
        }

        /// Posts to the control API.
        pub async fn post(&self, path: &str, body: Value) -> Result<Value> {
            let request = self.http.post(format!("{}/_sandbox/{path}", self.base));
            let request = request
                .header("content-type", "application/json")
                .body(body.to_string());
            let answer = request.send().await?.error_for_status()?.text().await?;
            Ok(serde_json::from_str(&answer)?)
        }

        /// Reads from the control API.
        pub async fn get(&self, path: &str) -> Result<Value> {
            let request = self.http.get(format!("{}/_sandbox/{path}", self.base));
            let answer = request.send().await?.error_for_status()?.text().await?;
            Ok(serde_json::from_str(&answer)?)
        }
    }
}
