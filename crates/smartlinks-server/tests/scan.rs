//! Every operation of the OpenAPI document, attacked: whatever is sent, the answer is one that stands in the
//! document, and what no key may see is in none of them.

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use smartlinks_core::catalogue::IMPORT_LIMIT;
use smartlinks_core::store::DatabaseUrl;
use smartlinks_core::{ORDER_FILE_LIMIT, PICTURE_LIMIT, Scope};
use smartlinks_server::Limits;
use testkit::app::{APP_SECRET, App, Setup};
use testkit::database::on_postgres;
use testkit::http::Http;

/// One operation of the document.
struct Operation {
    method: Method,
    path: String,
    scope: Scope,
    documented: Vec<u16>,
    /// Names of the parameters in the query.
    queries: Vec<String>,
    /// Names of the fields of the body, where there is one.
    fields: Option<Vec<String>>,
}

impl Operation {
    fn takes_path(&self) -> bool {
        self.path.contains('{')
    }

    /// The path with the same text, already encoded, in each parameter.
    fn with(&self, value: &str) -> String {
        let segments = self.path.split('/').map(|segment| {
            if segment.starts_with('{') {
                value
            } else {
                segment
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }
}

fn operations() -> Result<Vec<Operation>> {
    let document: Value = serde_json::from_str(&smartlinks_server::openapi_json())?;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().context("no paths")? {
        for (method, operation) in item.as_object().context("no methods")? {
            found.push(read(&document, path, method, operation)?);
        }
    }
    assert!(found.len() >= 18, "the document lists only {}", found.len());
    Ok(found)
}

fn read(document: &Value, path: &str, method: &str, operation: &Value) -> Result<Operation> {
    let scope = operation["security"][0]["bearer"][0].as_str();
    let scope = scope.with_context(|| format!("{method} {path} names no scope"))?;
    let responses = operation["responses"].as_object().context("no responses")?;
    let parameters = operation["parameters"].as_array().cloned();
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    Ok(Operation {
        method: Method::from_bytes(method.to_uppercase().as_bytes())?,
        path: path.to_owned(),
        scope: scope.parse()?,
        documented: responses
            .keys()
            .map(|status| status.parse())
            .collect::<Result<_, _>>()?,
        queries: parameters
            .unwrap_or_default()
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
            .collect(),
        fields: body["$ref"].as_str().map(|reference| {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let properties = &document["components"]["schemas"][name]["properties"];
            let properties = properties.as_object().cloned().unwrap_or_default();
            properties.keys().cloned().collect()
        }),
    })
}

async fn guarded(database: Option<DatabaseUrl>) -> Result<App> {
    App::with(Setup {
        operators: true,
        limits: Limits::out_of_reach(),
        database,
        ..Setup::default()
    })
    .await
}

/// Runs a case on SQLite, and on PostgreSQL where there is a server: they do not refuse the same texts.
async fn on_both<F>(case: fn(Option<DatabaseUrl>) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    case(None).await?;
    on_postgres(move |database| async move { case(Some(database.url().parse()?)).await }).await
}

/// Sends a request and holds its answer against the document. Streams are not read: they do not end.
async fn answer(operation: &Operation, what: &str, request: RequestBuilder) -> Result<u16> {
    let place = format!("{} {} {what}", operation.method, operation.path);
    let reply = request.send().await.with_context(|| place.clone())?;
    let status = reply.status().as_u16();
    assert!(
        operation.documented.contains(&status),
        "{place}: {status} does not stand in the document: {}",
        reply.text().await?
    );
    assert!(status < 500, "{place}: {status} {}", reply.text().await?);
    if status >= 400 {
        let kind = reply.headers().get("content-type").cloned();
        // A file that was refused: a report by line and column.
        if status == 422
            && (operation.path.ends_with("/catalogue/imports")
                || operation.path.ends_with("/orders/batch"))
        {
            return Ok(status);
        }
        let problem: Value = serde_json::from_str(&reply.text().await?)?;
        assert_eq!(
            kind.context("no type")?,
            "application/problem+json",
            "{place}"
        );
        assert_eq!(problem["status"], status, "{place}");
        for field in ["code", "detail", "fix", "request_id"] {
            let text = problem[field].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{place}: no {field}");
        }
    }
    Ok(status)
}

/// The same, for what has to be refused.
async fn refused(operation: &Operation, what: &str, request: RequestBuilder) -> Result<u16> {
    let status = answer(operation, what, request).await?;
    let place = format!("{} {} {what}", operation.method, operation.path);
    assert!((400..500).contains(&status), "{place}: {status}");
    Ok(status)
}

const LONG: usize = 4000;

/// Texts that are no id of anything, encoded for a path.
fn wrong_ids() -> Vec<String> {
    let mut ids = vec![
        "x".repeat(LONG),
        "%00".to_owned(),
        "conn_%00".to_owned(),
        "1%0a".to_owned(),
        "%1b1".to_owned(),
        "1%7F".to_owned(),
        "..".to_owned(),
        "%2e%2e".to_owned(),
        "..%2f..%2fetc%2fpasswd".to_owned(),
        "%ff%fe".to_owned(),
        "%e6%bc%a2%f0%9f%94%91".to_owned(),
        "%27%20or%201%3d1--".to_owned(),
        "%3cscript%3e".to_owned(),
        "-1".to_owned(),
        "99999999999999999999999999".to_owned(),
    ];
    ids.extend(["conn_", "key_", "0"].map(str::to_owned));
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_refused_as_documented() -> Result<()> {
    let app = guarded(None).await?;
    let nobody = app.visitor()?;
    for operation in operations()? {
        let path = operation.with("1");
        let request = nobody.request(operation.method.clone(), &path);
        assert_eq!(
            refused(&operation, "without credentials", request).await?,
            401
        );
        let others: Vec<_> = Scope::ALL
            .into_iter()
            .filter(|scope| *scope != operation.scope)
            .collect();
        let other = app.program(&others).await?;
        let request = other.request(operation.method.clone(), &path);
        assert_eq!(
            refused(&operation, "with another scope", request).await?,
            403
        );
        let request = nobody
            .request(operation.method.clone(), &path)
            .header("host", "evil.example");
        assert_eq!(
            refused(&operation, "under another name", request).await?,
            421
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_id_and_no_query_brings_it_down() -> Result<()> {
    on_both(wrong_addresses).await
}

async fn wrong_addresses(database: Option<DatabaseUrl>) -> Result<()> {
    let app = guarded(database).await?;
    app.connect().await?;
    let program = app.program(&Scope::ALL).await?;
    for operation in operations()? {
        for id in wrong_ids().iter().filter(|_| operation.takes_path()) {
            let path = operation.with(id);
            let request = program.request(operation.method.clone(), &path);
            if id == ".." || id == "%2e%2e" {
                // Clients resolve these themselves; whatever route that ends on, it does not break.
                let status = request.send().await?.status().as_u16();
                assert!(status < 500, "{} {path}: {status}", operation.method);
                continue;
            }
            refused(&operation, &path, request).await?;
        }
        for name in &operation.queries {
            let values = [
                "",
                "%00",
                "1.%00",
                "a%0Ab",
                "%1F",
                "%7f",
                "%ff",
                "-1",
                "1e9",
                "99999999999999999999",
                "%F0%9F%94%91",
            ];
            let long = "y".repeat(LONG);
            for value in values.into_iter().chain([long.as_str()]) {
                let path = format!("{}?{name}={value}&{name}={value}", operation.with("1"));
                let request = program.request(operation.method.clone(), &path);
                answer(&operation, &path, request).await?;
                // Once, where it is looked at.
                let path = format!("{}?{name}={value}", operation.with("1"));
                let request = program.request(operation.method.clone(), &path);
                let status = answer(&operation, &path, request).await?;
                let control = ["%00", "1.%00", "a%0Ab", "%1F", "%7f"].contains(&value);
                assert!(!control || status == 400, "{path}: {status}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_brings_it_down() -> Result<()> {
    on_both(wrong_bodies).await
}

async fn wrong_bodies(database: Option<DatabaseUrl>) -> Result<()> {
    let app = guarded(database).await?;
    let connection = app.connect().await?;
    let program = app.program(&Scope::ALL).await?;
    let ids = Ids::of(&app, &program, &connection).await?;
    let mut operations = operations()?;
    operations.sort_by_key(|operation| operation.method == Method::DELETE);
    for operation in operations {
        let path = ids.fill(&operation.path);
        let send = |body: String, kind: &str| {
            program
                .request(operation.method.clone(), &path)
                .header("content-type", kind)
                .body(body)
        };
        let json = "application/json";
        let is_picture = operation.path.ends_with("/by-picture");
        let most = match operation.path.as_str() {
            "/api/aliexpress/catalogue/imports" if operation.method == Method::POST => IMPORT_LIMIT,
            "/api/aliexpress/orders/batch" => 4 * ORDER_FILE_LIMIT,
            "/api/aliexpress/affiliate/links" => 256 * 1024,
            _ => 64 * 1024,
        };
        let large = match is_picture {
            true => send("y".repeat(PICTURE_LIMIT + 1), "image/png"),
            false => send(format!("{{\"x\":\"{}\"}}", "y".repeat(most)), json),
        };
        let large = refused(&operation, "too large", large).await?;
        assert_eq!(large, 413, "{} {path}", operation.method);
        if operation.method != Method::GET {
            for kind in ["text/plain", "application/x-www-form-urlencoded", "json"] {
                let status = refused(&operation, kind, send("{}".to_owned(), kind)).await?;
                assert_eq!(status, 415, "{} {path} {kind}", operation.method);
            }
        }
        if is_picture {
            for body in ["", "{}", "\u{0}", "GIF8", "RIFF0000WAVE"] {
                let status = refused(&operation, body, send(body.to_owned(), "image/gif")).await?;
                assert_eq!(status, 422, "{body:?}");
            }
        }
        let Some(fields) = &operation.fields else {
            continue;
        };
        let deep = "[".repeat(5000);
        for body in [
            "",
            "{",
            "nul",
            "[]",
            "\"x\"",
            "1e999",
            "{\"unknown\":1}",
            "\u{0}",
            &deep,
        ] {
            refused(&operation, body, send(body.to_owned(), json)).await?;
        }
        for field in fields {
            for value in [
                json!({}),
                json!([[]]),
                json!(-1.5),
                json!("\u{0}"),
                json!("a\u{0}b"),
                json!("\u{1b}[2J"),
                json!("\u{7f}"),
                json!("z".repeat(LONG)),
            ] {
                // A dry run of everything.
                if field == "selection" && value == json!({}) {
                    continue;
                }
                let body = json!({ field: value }).to_string();
                refused(&operation, &body, send(body.clone(), json)).await?;
            }
        }
    }
    Ok(())
}

/// Fields of the forms on our pages, each with all names that one of them asks for.
const FORMS: [(&str, &[&str]); 27] = [
    ("/aliexpress/sign-in", &["name", "password", "return_to"]),
    ("/aliexpress/sign-in/link", &["token", "password", "again"]),
    ("/aliexpress/operators", &["name"]),
    (
        "/aliexpress/operators/password",
        &["current", "password", "again"],
    ),
    ("/aliexpress/operators/sessions/{id}/end", &[]),
    ("/aliexpress/authentication/authorize", &["connection"]),
    ("/aliexpress/authentication/code", &["code"]),
    (
        "/aliexpress/authentication/connections/{id}/label",
        &["label"],
    ),
    ("/aliexpress/links", &["label", "connection"]),
    ("/aliexpress/keys", &["name", "read", "days"]),
    ("/aliexpress/orders/import", &["order_id", "connection"]),
    ("/aliexpress/affiliate", &["tracking_id", "sources", "hot"]),
    (
        "/aliexpress/products/market",
        &["ship_to", "currency", "language", "back"],
    ),
    ("/aliexpress/webhooks", &["url", "events", "description"]),
    (
        "/aliexpress/webhooks/{id}",
        &["url", "events", "description"],
    ),
    (
        "/aliexpress/products/1005006000000001/import",
        &["ship_to", "currency", "add", "labels"],
    ),
    (
        "/aliexpress/catalogue/{id}",
        &["title", "state", "labels", "rule", "sku", "code", "sold"],
    ),
    (
        "/aliexpress/catalogue/rules",
        &[
            "name",
            "currency",
            "up_to",
            "percent",
            "plus",
            "min_profit",
            "min_margin",
            "every",
            "ending",
            "default",
        ],
    ),
    (
        "/aliexpress/catalogue/rules/{id}",
        &["name", "currency", "percent"],
    ),
    ("/aliexpress/catalogue/rates", &["from", "to", "rate"]),
    (
        "/aliexpress/catalogue/dry-run",
        &["rule", "q", "label", "state"],
    ),
    ("/aliexpress/catalogue/imports", &["text", "labels", "rule"]),
    (
        "/aliexpress/catalogue/imports/feed",
        &["feed", "most", "labels"],
    ),
    ("/aliexpress/catalogue/imports/{id}/cancel", &[]),
    ("/aliexpress/orders/batch", &["csv", "go_on", "from"]),
    ("/connect/{id}", &["language"]),
    ("/aliexpress/push", &["x"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn no_form_brings_it_down() -> Result<()> {
    on_both(wrong_forms).await
}

async fn wrong_forms(database: Option<DatabaseUrl>) -> Result<()> {
    let app = guarded(database).await?;
    let connection = app.connect().await?;
    let (stranger, person) = (app.visitor()?, app.signed_in().await?);
    let program = app.program(&Scope::ALL).await?;
    let ids = Ids::of(&app, &program, &connection).await?;
    let mut broken = Vec::new();
    for (path, fields) in FORMS {
        let ours = match path.split('/').nth(3) {
            Some("rules") => &ids.rule,
            Some("imports") => &ids.import,
            _ => &ids.listed,
        };
        for id in [&ids.webhook, &ids.connection, ours] {
            let path = path.replace("{id}", id);
            for wrong in fields {
                for value in ["\u{0}", "a\u{0}b", "\u{1}", "\u{7f}", "\u{fffe}"] {
                    let filled = fields.iter().map(|name| match name == wrong {
                        true => (*name, value),
                        false => (*name, "1"),
                    });
                    let filled: Vec<_> = filled.collect();
                    for visitor in [&stranger, &person] {
                        let reply = visitor.post_form(&path, &filled).await?;
                        // A failure may also be told by sending the browser on.
                        let next = reply.header("location").unwrap_or_default();
                        if reply.status >= 500 || next.contains("storage_failed") {
                            broken
                                .push(format!("{path} {wrong}={value:?}: {} {next}", reply.status));
                        }
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    Ok(())
}

/// Where others send a browser back to, they are answered by name.
#[tokio::test(flavor = "multi_thread")]
async fn no_callback_brings_it_down() -> Result<()> {
    on_both(wrong_callbacks).await
}

async fn wrong_callbacks(database: Option<DatabaseUrl>) -> Result<()> {
    let app = guarded(database).await?;
    let person = app.signed_in().await?;
    for value in ["%00", "a%00b", "%1b", "%7f", "%ff"] {
        for query in [
            "code=@&state=@",
            "code=a&state=@",
            "error=@&state=a",
            "error=a&error_description=@&state=a",
        ] {
            let query = query.replace('@', value);
            for path in ["/aliexpress/callback", "/aliexpress/sign-in/oidc/callback"] {
                let reply = person.get(&format!("{path}?{query}")).await?;
                assert!(reply.status < 500, "{path} {query}: {}", reply.text());
                let next = reply.header("location").unwrap_or_default();
                assert!(!next.contains("storage_failed"), "{path} {query}: {next}");
            }
        }
    }
    Ok(())
}

/// What no key may ever see, whatever it asks.
struct Canaries(Vec<String>);

impl Canaries {
    fn new() -> Self {
        Self(vec![APP_SECRET.to_owned()])
    }

    /// Adds the refresh token as it is now, while there is one: a refresh changes it.
    async fn gather(&mut self, app: &App, connection: &str) -> Result<()> {
        let stored = app.core.store().token(&connection.parse()?).await?;
        if let Some(token) = stored.and_then(|(_, pair)| pair.refresh_token) {
            let token = token.expose_secret().to_owned();
            if !self.0.contains(&token) {
                self.0.push(token);
            }
        }
        Ok(())
    }

    fn look_for(&self, text: &str, place: &str) {
        for canary in &self.0 {
            assert!(!text.contains(canary), "{place} shows a secret");
        }
    }
}

/// Ids of things that are there, so that answers hold something.
struct Ids {
    connection: String,
    key: String,
    order: String,
    product: String,
    webhook: String,
    delivery: String,
    link: String,
    intent: String,
    listed: String,
    import: String,
    rule: String,
    run: String,
}

impl Ids {
    /// Makes one of each.
    async fn of(app: &App, program: &Http, connection: &str) -> Result<Self> {
        let make = async |path: &str, body: Value| -> Result<String> {
            let reply = program.post_json(path, &body).await?;
            assert!(reply.status < 300, "{path}: {}", reply.text());
            let made = reply.json()?;
            let of = |part: &str| made[part]["id"].as_str();
            let id = made["id"]
                .as_str()
                .or(of("webhook"))
                .or(of("job"))
                .or(of("run"));
            Ok(id.unwrap_or_default().to_owned())
        };
        let orders = app.seeded_orders().await?;
        let order = orders.first().context("no order")?.clone();
        make(
            "/api/aliexpress/orders/import",
            json!({ "order_id": order }),
        )
        .await?;
        let hook = json!({ "url": "https://shop.example.com/hook" });
        let webhook = make("/api/aliexpress/webhooks", hook).await?;
        let test = format!("/api/aliexpress/webhooks/{webhook}/test");
        let product = app.products().await?.remove(0);
        let catalogue = "/api/aliexpress/catalogue";
        let listed = make(catalogue, json!({ "product": product })).await?;
        let rule = json!({ "currency": "EUR", "steps": [{ "percent": "50" }] });
        let rule = json!({ "name": "scan", "rule": rule });
        let rule = make(&format!("{catalogue}/rules"), rule).await?;
        let selected = json!({ "rule": rule });
        let jobs = json!({ "products": [product] });
        Ok(Self {
            listed,
            run: make(&format!("{catalogue}/dry-run"), selected).await?,
            import: make(&format!("{catalogue}/imports"), jobs).await?,
            rule,
            connection: connection.to_owned(),
            key: app.core.api_keys().await?[0].id.clone(),
            order,
            product,
            delivery: make(&test, json!({})).await?,
            webhook,
            link: make("/api/aliexpress/connect-links", json!({})).await?,
            intent: placed(app).await?,
        })
    }

    fn fill(&self, path: &str) -> String {
        let nouns: Vec<_> = path.split('/').skip(3).take(2).collect();
        let id = match nouns[0] {
            "catalogue" => match nouns.get(1).copied() {
                Some("imports") => &self.import,
                Some("rules") => &self.rule,
                Some("runs") => &self.run,
                _ => &self.listed,
            },
            "connections" => &self.connection,
            "keys" => &self.key,
            "orders" => &self.order,
            "order-intents" => &self.intent,
            "products" => &self.product,
            "webhooks" => &self.webhook,
            "webhook-deliveries" => &self.delivery,
            "connect-links" => &self.link,
            _ => "1",
        };
        path.replace("{id}", id)
            .replace("{sku}", "1")
            .replace("{method}", "aliexpress.ds.product.get")
            .replace("{name}", "DS%20bestseller")
            .replace("{from}/{to}", "USD/EUR")
    }
}

/// The id of an order that was placed.
async fn placed(app: &App) -> Result<String> {
    for product in app.products().await? {
        let shown = app.core.product(&product, &Default::default()).await?;
        let Some(sku) = shown.skus.iter().find(|sku| sku.stock > Some(5)) else {
            continue;
        };
        let order = serde_json::from_value(json!({
            "address": {
                "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
                "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "612345678",
            },
            "lines": [{ "product_id": product, "sku": sku.id, "quantity": 1 }],
        }))?;
        return Ok(app.core.place_order("scan", &order).await?.view.id);
    }
    anyhow::bail!("nothing is in stock")
}

/// The path with a query with which an operation does what it is for, as far as one fits all.
fn sensible_query(operation: &Operation, path: &str, connection: &str) -> String {
    let mut query = Vec::new();
    for name in &operation.queries {
        match name.as_str() {
            "q" => query.push("q=case".to_owned()),
            "format" => query.push("format=csv".to_owned()),
            "min_ttl" => query.push("min_ttl=1".to_owned()),
            "connection" => query.push(format!("connection={connection}")),
            _ => {}
        }
    }
    format!("{path}?{}", query.join("&"))
}

/// The same for its body.
fn sensible_body(operation: &Operation, request: RequestBuilder, ids: &Ids) -> RequestBuilder {
    let all = json!({
        "name": "canary",
        "label": "canary",
        "scopes": ["read"],
        "order_id": ids.order,
        "url": "https://shop.example.com/hook",
        "events": ["*"],
        "code": "x",
        "tracking_id": "canary",
        "sources": [ids.product]
    });
    let Some(fields) = &operation.fields else {
        return request;
    };
    let wanted = all.as_object().into_iter().flatten();
    let body: serde_json::Map<_, _> = wanted
        .filter(|(name, _)| fields.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    request
        .header("content-type", "application/json")
        .body(Value::Object(body).to_string())
}

/// The answer, or its beginning where it is a stream.
async fn text_of(request: RequestBuilder) -> Result<(u16, String)> {
    let mut reply = request.send().await?;
    let status = reply.status().as_u16();
    let headers = format!("{:?}", reply.headers());
    let is_stream = reply
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let body = if is_stream {
        let chunk = reply.chunk().await?.unwrap_or_default();
        String::from_utf8_lossy(&chunk).into_owned()
    } else {
        reply.text().await?
    };
    Ok((status, format!("{headers}{body}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_key_of_any_scope_reads_a_refresh_token_or_the_app_secret() -> Result<()> {
    let app = guarded(None).await?;
    let connection = app.connect().await?;
    let mut canaries = Canaries::new();
    canaries.gather(&app, &connection).await?;
    let everything = app.program(&Scope::ALL).await?;
    let ids = Ids::of(&app, &everything, &connection).await?;
    let mut programs: Vec<(String, Http)> = vec![("all scopes".to_owned(), everything)];
    for scope in Scope::ALL {
        programs.push((scope.to_string(), app.program(&[scope]).await?));
    }
    // What ends something comes last, so that the others still have something to show.
    let mut operations = operations()?;
    operations.sort_by_key(|operation| operation.method == Method::DELETE);
    let mut answered = 0;
    for operation in &operations {
        for (name, program) in &programs {
            let path = sensible_query(operation, &ids.fill(&operation.path), &ids.connection);
            let request = program
                .request(operation.method.clone(), &path)
                .header("last-event-id", "0");
            let (status, text) = text_of(sensible_body(operation, request, &ids)).await?;
            let place = format!("{} {path} with {name}", operation.method);
            canaries.gather(&app, &connection).await?;
            canaries.look_for(&text, &place);
            answered += usize::from(!text.is_empty());
            // Otherwise nothing was there that could have been shown.
            let is_read = operation.method == Method::GET && name == "all scopes";
            assert!(!is_read || status == 200, "{place}: {status} {text}");
        }
    }
    assert_eq!(answered, operations.len() * programs.len());
    assert!(canaries.0.len() > 2, "no refresh has happened");
    Ok(())
}
